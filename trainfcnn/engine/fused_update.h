/* The update rules of optimizers.py, a vector at a time. */

typedef struct {
    int64_t kind, nesterov;
    REAL momentum, share, decay_of_root, eps, l1;
} Rule;

/* What changes with every step. */
typedef struct {
    REAL lr, minus_lr, unbias;
} Pace;

static Rule rule_of(const Job *job) {
    Rule rule = {.kind = job->rule, .nesterov = job->nesterov, .momentum = (REAL)job->momentum};
    rule.l1 = (REAL)job->l1;
    rule.share = (REAL)(1 - job->beta1);
    rule.decay_of_root = (REAL)sqrt(job->rule == RMSPROP ? job->alpha : job->beta2);
    rule.eps = (REAL)(job->rule == RMSPROP ? job->eps / sqrt(1 - job->alpha) : job->eps);
    return rule;
}

/* n counts all steps of the training, from 1. */
static Pace pace_of(const Rule *rule, const Job *job, double lr, int64_t n) {
    Pace pace = {.lr = (REAL)lr};
    double factor = lr;
    if (rule->kind == ADAM || rule->kind == ADAMW) {
        double unbias = sqrt((1 - pow(job->beta2, (double)n)) / (1 - job->beta2));
        pace.unbias = (REAL)unbias;
        factor = lr * unbias / (1 - pow(job->beta1, (double)n));
    } else if (rule->kind == RMSPROP)
        factor = lr / sqrt(1 - job->alpha);
    pace.minus_lr = (REAL)-factor;
    return pace;
}

/* One vector of parameters p; `first` and `second` are the rule's buffers, in the order of `buffers`. */
static inline __attribute__((always_inline)) void change(const int kind, const Rule *rule,
                                                         const Pace *pace, V *p, V g, V *first,
                                                         V *second, V rate, const int has_rates) {
    if (kind == SGD) {
        V direction = g;
        if (rule->momentum != 0) {
            *first = mul_add(*first, all(rule->momentum), g);
            direction = rule->nesterov ? mul_add(*first, all(rule->momentum), g) : *first;
        }
        *p = mul_add(direction * pace->minus_lr, rate, *p);
        return;
    }
    if (kind == RMSPROP) {
        *first = length(*first * rule->decay_of_root, g);
        *second = mul_add(*second, all(rule->momentum), g / (*first + rule->eps));
        *p = mul_add(*second * pace->minus_lr, rate, *p);
        return;
    }
    V direction = g, denominator;
    if (kind == ADAGRAD) {
        *first = length(*first, g);
        denominator = *first + rule->eps;
    } else {
        REAL rest = 1 - rule->share; /* either way exact at the end that is near, as torch has it */
        *first = rule->share < C(0.5) ? mul_add(g - *first, all(rule->share), *first)
                                      : g - (g - *first) * rest;
        *second = length(*second * rule->decay_of_root, g);
        direction = *first;
        denominator = *second + rule->eps * pace->unbias;
    }
    if (has_rates) denominator /= rate;
    *p += direction * pace->minus_lr / denominator;
}

static inline __attribute__((always_inline)) void stretch(const int kind, const Rule *rule,
                                                          const Pace *pace, const Member *member,
                                                          const REAL *gradients) {
    for (int64_t i = 0; i < member->n; i += LANES) {
        V *parameters = (V *)(member->parameters + i);
        V p = *parameters, slope = *(const V *)(gradients + i), rate = all(1);
        if (member->rates) rate = *(V *)(member->rates + i);
        if (rule->l1 != 0) slope = mul_add(is(p > (V){0}) - is(p < (V){0}), all(rule->l1), slope);
        if (member->decay) {
            V decay = *(V *)(member->decay + i);
            if (kind == ADAMW) p = mul_add(p * -pace->lr, decay, p);
            else slope = mul_add(p, decay, slope);
        }
        change(kind, rule, pace, &p, slope, (V *)(member->first + i), (V *)(member->second + i),
               rate, member->rates != NULL);
        *parameters = p;
    }
}

static void update(const Rule *rule, const Pace *pace, const Member *member, const REAL *gradients) {
    switch (rule->kind) {
    case SGD: stretch(SGD, rule, pace, member, gradients); break;
    case ADAM: stretch(ADAM, rule, pace, member, gradients); break;
    case ADAMW: stretch(ADAMW, rule, pace, member, gradients); break;
    case RMSPROP: stretch(RMSPROP, rule, pace, member, gradients); break;
    default: stretch(ADAGRAD, rule, pace, member, gradients); break;
    }
}
