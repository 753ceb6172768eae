/* Matrix products whose columns are samples, and activations. */

/* What is done with a product before it leaves the registers. */
enum { NOTHING, RECTIFY, GATE };

/* Out (rows, vectors) = W (rows, depth) In (depth, vectors) + bias, in registers. `across` and `down`
 * are the distances between columns and rows of W, so that it may be transposed. Then relu of it, or
 * where `gate`, which lies as Out does, is not above 0, nothing. */
static inline __attribute__((always_inline)) void block(
    const int rows, const int vectors, int64_t depth, const REAL *w, int64_t down, int64_t across,
    const REAL *bias, const REAL *in, int64_t in_stride, REAL *out, int64_t out_stride, int then,
    const REAL *gate) {
    V sum[4][6];
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++) sum[r][v] = bias ? all(bias[r * down]) : (V){0};
    for (int64_t d = 0; d < depth; d++) {
        const V *column = (const V *)(in + d * in_stride);
        for (int r = 0; r < rows; r++) {
            V weight = all(w[r * down + d * across]);
            for (int v = 0; v < vectors; v++) sum[r][v] = mul_add(weight, column[v], sum[r][v]);
        }
    }
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++) {
            V found = sum[r][v];
            if (then == RECTIFY) found = at_least(found, 0);
            if (then == GATE)
                found *= pick(((const V *)(gate + r * out_stride))[v] > (V){0}, all(1), (V){0});
            ((V *)(out + r * out_stride))[v] = found;
        }
}

#define ROWS(count, vectors)                                                                    \
    block(count, vectors, depth, w + r * down, down, across, bias ? bias + r * down : NULL,      \
          in + v * LANES, in_stride, out + r * out_stride + v * LANES, out_stride, then,         \
          then == GATE ? gate + r * out_stride + v * LANES : NULL)
#define COLUMNS(vectors)                                                                        \
    for (int64_t r = 0; r < rows; r += 4) {                                                     \
        if (rows - r >= 4) ROWS(4, vectors);                                                    \
        else if (rows - r == 3) ROWS(3, vectors);                                               \
        else if (rows - r == 2) ROWS(2, vectors);                                               \
        else ROWS(1, vectors);                                                                  \
    }

static void product(int64_t rows, int64_t depth, const REAL *w, int64_t down, int64_t across,
                    const REAL *bias, const REAL *in, int64_t in_stride, REAL *out,
                    int64_t out_stride, int64_t vectors, int then, const REAL *gate) {
    int64_t v = 0;
    if (rows <= 2) /* more vectors at a time, or the sums would wait for each other */
        for (; v + 6 <= vectors; v += 6) {
            int64_t r = 0;
            if (rows == 2) ROWS(2, 6);
            else ROWS(1, 6);
        }
    for (; v + 3 <= vectors; v += 3) COLUMNS(3)
    if (vectors - v == 2) COLUMNS(2)
    if (vectors - v == 1) COLUMNS(1)
}

/* Gradient (rows, columns) = Delta (rows, vectors) Below (columns, vectors)ᵀ, added if not the first. */
static inline __attribute__((always_inline)) void slopes(
    const int rows, const int columns, int64_t vectors, const REAL *delta, int64_t delta_stride,
    const REAL *below, int64_t below_stride, REAL *gradient, int64_t width, int first) {
    V sum[3][4] = {{{0}}};
    for (int64_t v = 0; v < vectors; v++)
        for (int r = 0; r < rows; r++) {
            V slope = ((const V *)(delta + r * delta_stride))[v];
            for (int c = 0; c < columns; c++)
                sum[r][c] = mul_add(slope, ((const V *)(below + c * below_stride))[v], sum[r][c]);
        }
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < columns; c++) {
            REAL *place = gradient + r * width + c;
            *place = total(sum[r][c]) + (first ? 0 : *place);
        }
}

#define SLOPES(height, width_)                                                                  \
    slopes(height, width_, vectors, delta + r * delta_stride, delta_stride,                      \
           below + c * below_stride, below_stride, gradient + r * columns + c, columns, first)
#define HEIGHTS(width_)                                                                         \
    for (int64_t r = 0; r < rows; r += 3) {                                                     \
        if (rows - r >= 3) SLOPES(3, width_);                                                   \
        else if (rows - r == 2) SLOPES(2, width_);                                              \
        else SLOPES(1, width_);                                                                 \
    }

static void weigh(int64_t rows, int64_t columns, const REAL *delta, int64_t delta_stride,
                  const REAL *below, int64_t below_stride, REAL *gradient, int64_t vectors,
                  int first) {
    int64_t c = 0;
    for (; c + 4 <= columns; c += 4) HEIGHTS(4)
    if (columns - c == 3) HEIGHTS(3)
    if (columns - c == 2) HEIGHTS(2)
    if (columns - c == 1) HEIGHTS(1)
}

/* `a` holds z and then f(z); `d` then holds f'(z), for those that f alone does not tell it. relu is a
 * part of the product before. */
#define EACH(expression)                                                                        \
    for (int64_t r = 0; r < rows; r++)                                                          \
        for (int64_t v = 0; v < vectors; v++) {                                                 \
            V *a = (V *)(values + r * stride) + v, *d = (V *)(slope + r * stride) + v, z = *a;    \
            (void)d;                                                                            \
            expression;                                                                         \
        }                                                                                       \
    break

static void activate(int64_t code, int64_t rows, int64_t vectors, REAL *values, REAL *slope,
                     int64_t stride) {
    switch (code) {
    case LEAKY_RELU: EACH(I up = z > (V){0}; *a = pick(up, z, z * C(0.01));
                          *d = pick(up, all(C(1.0)), all(C(0.01))));
    case ELU: EACH(*a = pick(z > (V){0}, z, exponential_less_1(at_most(z, 0))));
    case TANH: EACH(*a = tangent(z));
    case SIGMOID: EACH(*a = logistic(z));
    case SOFTPLUS: /* beyond 20 it is z itself, as in torch */
        EACH(V u = decay(z); V share = C(1.0) / (u + C(1.0)); I far = z > all(20);
             *d = pick(far, all(1), pick(z > (V){0}, share, u * share));
             *a = pick(far, z, at_least(z, 0) + log_of_1_and(u)));
    case SILU: EACH(V s = logistic(z); *a = z * s; *d = s * mul_add(z, C(1.0) - s, all(1)));
    case GELU: EACH(V density; V s = normal(z, &density); *a = z * s; *d = mul_add(z, density, s));
    case SINE: EACH(V cosine = z; *a = sine(z, &cosine); *d = cosine);
    default: break;
    }
}
#undef EACH

/* Multiply `delta` by f'(z). */
#define EACH(expression)                                                                        \
    for (int64_t r = 0; r < rows; r++)                                                          \
        for (int64_t v = 0; v < vectors; v++) {                                                 \
            V *error = (V *)(delta + r * stride) + v, a = ((const V *)(values + r * stride))[v];  \
            V d = ((const V *)(slope + r * stride))[v];                                         \
            (void)d, (void)a;                                                                   \
            *error = expression;                                                                \
        }                                                                                       \
    break

static void pass_back(int64_t code, int64_t rows, int64_t vectors, REAL *delta,
                      const REAL *values, const REAL *slope, int64_t stride) {
    switch (code) {
    case RELU: EACH(*error * pick(a > (V){0}, all(1), (V){0}));
    case ELU: EACH(mul_add(*error, at_most(a, 0), *error));
    case TANH: EACH(*error * (C(1.0) - a * a));
    case SIGMOID: EACH(*error * (a - a * a));
    case LINEAR: break;
    default: EACH(*error * d);
    }
}
#undef EACH
