/* The update rules of optimizers.py, a vector at a time. */

typedef struct {
    int64_t kind, nesterov;
    REAL momentum, share, decay_of_root, eps, minus_lr, unbias;
} Rule;

static Rule rule_of(const Job *job) {
    Rule rule = {.kind = job->rule, .nesterov = job->nesterov, .momentum = (REAL)job->momentum};
    rule.share = (REAL)(1 - job->beta1);
    rule.decay_of_root = (REAL)sqrt(job->rule == RMSPROP ? job->alpha : job->beta2);
    rule.eps = (REAL)(job->rule == RMSPROP ? job->eps / sqrt(1 - job->alpha) : job->eps);
    return rule;
}

/* Set what changes with every step: n counts all steps of the training, from 1. */
static void at_step(Rule *rule, const Job *job, double lr, int64_t n) {
    double factor = lr;
    if (rule->kind == ADAM || rule->kind == ADAMW) {
        double unbias = sqrt((1 - pow(job->beta2, (double)n)) / (1 - job->beta2));
        rule->unbias = (REAL)unbias;
        factor = lr * unbias / (1 - pow(job->beta1, (double)n));
    } else if (rule->kind == RMSPROP)
        factor = lr / sqrt(1 - job->alpha);
    rule->minus_lr = (REAL)-factor;
}

/* One vector of parameters p; `first` and `second` are the rule's buffers, in the order of `buffers`. */
static inline __attribute__((always_inline)) void change(
    const int kind, const Rule *rule, V *p, V g, V *first, V *second, V rate, const int has_rates) {
    if (kind == SGD) {
        V direction = g;
        if (rule->momentum != 0) {
            *first = mul_add(*first, all(rule->momentum), g);
            direction = rule->nesterov ? mul_add(*first, all(rule->momentum), g) : *first;
        }
        *p = mul_add(direction * rule->minus_lr, rate, *p);
        return;
    }
    if (kind == RMSPROP) {
        *first = length(*first * rule->decay_of_root, g);
        *second = mul_add(*second, all(rule->momentum), g / (*first + rule->eps));
        *p = mul_add(*second * rule->minus_lr, rate, *p);
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
        denominator = *second + rule->eps * rule->unbias;
    }
    if (has_rates) denominator /= rate;
    *p += direction * rule->minus_lr / denominator;
}

#define TAKE(to, from)                                                                          \
    do {                                                                                        \
        if (size == sizeof(V)) to = *(const LOOSE *)(from);                                     \
        else memcpy(&to, from, size);                                                           \
    } while (0)
#define GIVE(to, from)                                                                          \
    do {                                                                                        \
        if (size == sizeof(V)) *(LOOSE *)(to) = from;                                           \
        else memcpy(to, &from, size);                                                           \
    } while (0)

/* Parameters from `place` on, all side by side; `g` are their gradients. */
static inline __attribute__((always_inline)) void stretch(const int kind, const Rule *rule,
                                                          const Job *job, int64_t place,
                                                          REAL *g, int64_t n, REAL lr) {
    for (int64_t i = 0; i < n; i += LANES) {
        size_t size = (n - i < LANES ? n - i : LANES) * sizeof(REAL);
        REAL *parameters = (REAL *)job->parameters + place + i;
        REAL *one = job->first ? (REAL *)job->first + place + i : NULL;
        REAL *two = job->second ? (REAL *)job->second + place + i : NULL;
        V p = {0}, slope = {0}, first = {0}, second = {0}, rate = all(1), decay = {0};
        TAKE(p, parameters);
        TAKE(slope, g + i);
        if (one) TAKE(first, one);
        if (two) TAKE(second, two);
        if (job->rates) TAKE(rate, (const REAL *)job->rates + place + i);
        if (job->decay) {
            TAKE(decay, (const REAL *)job->decay + place + i);
            if (kind == ADAMW) p = mul_add(p * -lr, decay, p);
            else slope = mul_add(p, decay, slope);
        }
        change(kind, rule, &p, slope, &first, &second, rate, job->rates != NULL);
        GIVE(parameters, p);
        if (one) GIVE(one, first);
        if (two) GIVE(two, second);
    }
}

static void update(const Rule *rule, const Job *job, int64_t place, REAL *g, int64_t n, REAL lr) {
    switch (rule->kind) {
    case SGD: stretch(SGD, rule, job, place, g, n, lr); break;
    case ADAM: stretch(ADAM, rule, job, place, g, n, lr); break;
    case ADAMW: stretch(ADAMW, rule, job, place, g, n, lr); break;
    case RMSPROP: stretch(RMSPROP, rule, job, place, g, n, lr); break;
    default: stretch(ADAGRAD, rule, job, place, g, n, lr); break;
    }
}
