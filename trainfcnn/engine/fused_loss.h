/* The losses: what outputs are compared with, and what is seen of them on the way. */

/* -log of a probability, summed over the vectors' valid lanes, and how often the answer is right. */
typedef struct {
    V loss, hits;
} Seen;

static inline void see(Seen *seen, V loss, I right, I valid) {
    seen->loss += pick(valid, loss, (V){0});
    seen->hits += pick(right & valid, all(1), (V){0});
}

/* Softmax of all rows of one vector, to `delta`; what is seen of it. */
static inline void cross_entropy(int64_t rows, const REAL *outputs, REAL *delta, int64_t stride,
                                 const REAL *targets, int64_t width, I valid, Seen *seen) {
    V most = *(const V *)outputs, sum = {0}, wanted = {0}, of_most = *(const V *)targets;
    for (int64_t r = 1; r < rows; r++) {
        V next = *(const V *)(outputs + r * stride);
        I more = next > most;
        most = pick(more, next, most);
        of_most = pick(more, *(const V *)(targets + r * width), of_most);
    }
    for (int64_t r = 0; r < rows; r++) {
        V output = *(const V *)(outputs + r * stride), e = exponential(output - most);
        *(V *)(delta + r * stride) = e;
        sum += e;
        wanted = mul_add(output, *(const V *)(targets + r * width), wanted);
    }
    for (int64_t r = 0; r < rows; r++) *(V *)(delta + r * stride) /= sum;
    see(seen, logarithm(sum) + most - wanted, of_most > (V){0}, valid);
}

/* What the loss compares with the targets, less these, times `scale`, to `delta`. */
static inline __attribute__((always_inline)) Seen errors(
    const int loss, int64_t rows, int64_t samples, const REAL *outputs, REAL *delta, int64_t stride,
    const REAL *targets, int64_t width, REAL scale) {
    Seen seen = {{0}, {0}};
    I lane;
    for (int i = 0; i < LANES; i++) lane[i] = i;
    for (int64_t v = 0; v < samples; v += LANES, outputs += LANES, delta += LANES, targets += LANES) {
        I valid = lane < (I){0} + (WHOLE)(samples - v);
        if (loss == CROSS_ENTROPY)
            cross_entropy(rows, outputs, delta, stride, targets, width, valid, &seen);
        for (int64_t r = 0; r < rows; r++) {
            V output = *(const V *)(outputs + r * stride), target = *(const V *)(targets + r * width);
            V *found = (V *)(delta + r * stride), said = output;
            if (loss == CROSS_ENTROPY) said = *found;
            if (loss == BINARY) {
                V u = decay(output), share = C(1.0) / (u + C(1.0));
                I up = output > (V){0};
                said = pick(up, share, u * share);
                V minus_log = at_least(output, 0) + log_of_1_and(u) - output * target;
                see(&seen, minus_log, (target > (V){0}) == up, valid);
            }
            V error = said - target;
            if (loss == SQUARED) see(&seen, error * error, (I){0}, valid);
            *found = error * scale;
        }
    }
    return seen;
}

static Seen compare(int64_t loss, int64_t rows, int64_t samples, const REAL *outputs, REAL *delta,
                    int64_t stride, const REAL *targets, int64_t width, REAL scale) {
    switch (loss) {
    case SQUARED: return errors(SQUARED, rows, samples, outputs, delta, stride, targets, width, scale);
    case BINARY: return errors(BINARY, rows, samples, outputs, delta, stride, targets, width, scale);
    default:
        return errors(CROSS_ENTROPY, rows, samples, outputs, delta, stride, targets, width, scale);
    }
}
