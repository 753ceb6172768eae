/* The losses: what outputs are compared with, and what is seen of them on the way. */

/* The loss, times the samples' weights, summed over the vectors' valid lanes; and how often all of an
 * answer is right, or the squared errors times their shares, of samples that count alike. */
typedef struct {
    V loss, hits;
} Seen;

static inline void see(Seen *seen, V loss, V hit, I valid) {
    seen->loss += pick(valid, loss, (V){0});
    seen->hits += pick(valid, hit, (V){0});
}

static inline V is(I right) { return pick(right, all(1), (V){0}); }

/* Softmax of all rows of one vector, to `delta`; what is seen of it. */
static inline void cross_entropy(int64_t rows, const REAL *outputs, REAL *delta, int64_t stride,
                                 const REAL *targets, int64_t width, V weight, I valid,
                                 Seen *seen) {
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
    see(seen, (logarithm(sum) + most - wanted) * weight, is(of_most > (V){0}), valid);
}

/* What the loss compares with the targets, less these, times `scale` and the samples' weights, to
 * `delta`. */
static inline __attribute__((always_inline)) Seen errors(
    const int loss, int64_t rows, int64_t samples, const REAL *outputs, REAL *delta, int64_t stride,
    const REAL *targets, int64_t width, const REAL *weights, const REAL *shares, REAL scale) {
    Seen seen = {{0}, {0}};
    I lane;
    for (int i = 0; i < LANES; i++) lane[i] = i;
    for (int64_t v = 0; v < samples; v += LANES, outputs += LANES, delta += LANES, targets += LANES) {
        I valid = lane < (I){0} + (WHOLE)(samples - v);
        V weight = *(const V *)(weights + v);
        I right = valid;
        if (loss == CROSS_ENTROPY)
            cross_entropy(rows, outputs, delta, stride, targets, width, weight, valid, &seen);
        for (int64_t r = 0; r < rows; r++) {
            V output = *(const V *)(outputs + r * stride), target = *(const V *)(targets + r * width);
            V *found = (V *)(delta + r * stride), said = output;
            if (loss == CROSS_ENTROPY) said = *found;
            if (loss == BINARY) {
                V u = decay(output), share = C(1.0) / (u + C(1.0));
                I up = output > (V){0};
                said = pick(up, share, u * share);
                V minus_log = at_least(output, 0) + log_of_1_and(u) - output * target;
                right &= (target > (V){0}) == up;
                see(&seen, minus_log * weight, (V){0}, valid);
            }
            V error = said - target, slope = error, square = error * error;
            if (loss == SQUARED) see(&seen, square * weight, square * shares[r], valid);
            if (loss == ABSOLUTE) {
                slope = is(error > (V){0}) - is(error < (V){0});
                see(&seen, error * slope * weight, square * shares[r], valid);
            }
            if (loss == HUBER) {
                slope = pick(error > all(1), all(1), pick(error < all(-1), all(-1), error));
                see(&seen, slope * (error - slope * C(0.5)) * weight, square * shares[r], valid);
            }
            *found = slope * scale * weight;
        }
        if (loss == BINARY) see(&seen, (V){0}, is(right), valid);
    }
    return seen;
}

static Seen compare(int64_t loss, int64_t rows, int64_t samples, const REAL *outputs, REAL *delta,
                    int64_t stride, const REAL *targets, int64_t width, const REAL *weights,
                    const REAL *shares, REAL scale) {
#define OF(loss)                                                                                    \
    errors(loss, rows, samples, outputs, delta, stride, targets, width, weights, shares, scale)
    switch (loss) {
    case SQUARED: return OF(SQUARED);
    case BINARY: return OF(BINARY);
    case ABSOLUTE: return OF(ABSOLUTE);
    case HUBER: return OF(HUBER);
    default: return OF(CROSS_ENTROPY);
    }
#undef OF
}
