/* Vectors of one precision, and elementary functions on them.
 *
 * A vector is as long as a register: 32 bytes with AVX, 16 without. Products are fused with sums only
 * where FMA says so (-ffp-contract=off), so that bits depend on the source and the registers alone. Every function keeps NaN, and saturates exactly: tanh(9) is 1, not nearly 1. */

#ifdef __AVX__
#define BYTES 32
#else
#define BYTES 16
#endif

#ifdef DOUBLE
#define REAL double
#define WHOLE int64_t
#define LANES (BYTES / 8)
#define MANTISSA 52
#define EXPONENT 11
#define EXPONENT_OF_ONE 1023
#define SQRT sqrt
#define SIN sin
#define COS cos
#define C(c) (c)
#define LN2_HIGH 6.93147180369123816490e-01
#define LN2_LOW 1.90821492927058770002e-10
#define MAGIC 6755399441055744.0 /* 1.5 * 2^52: what is added to it is rounded to a whole number */
#define EXP_LEAST -707.0
#define EXP_MOST 709.782712893384
#define EXP_TERMS 13
#define LOG_TERMS 11
#define SINE_TERMS 11
#define ERFC_TERMS 28
#define PI_HIGH 3.14159265346825122834 /* short enough for exact multiples */
#define PI_MIDDLE 1.21542010126079319532e-10
#define PI_LOW 4.04453249759190126308e-21
#define SINE_MOST 1e6
#define TANH_MOST 44.0
#define HUGE_SIZE 0x1p500
#define TINY_SIZE 0x1p-450
#define SHRINK 0x1p-600
#define GROW 0x1p600
#else
#define REAL float
#define WHOLE int32_t
#define LANES (BYTES / 4)
#define MANTISSA 23
#define EXPONENT 8
#define EXPONENT_OF_ONE 127
#define SQRT sqrtf
#define SIN sinf
#define COS cosf
#define C(c) (c##f)
#define LN2_HIGH 0.693359375f
#define LN2_LOW -2.12194440e-4f
#define MAGIC 12582912.0f /* 1.5 * 2^23 */
#define EXP_LEAST -86.5f
#define EXP_MOST 88.72283f
#define EXP_TERMS 7
#define SINE_TERMS 6
#define ERFC_TERMS 13
#define PI_HIGH 3.140625f
#define PI_MIDDLE 9.67502593994140625e-4f
#define PI_LOW 1.509957990978376432e-07f
#define SINE_MOST 1e3f
#define TANH_MOST 20.0f
#define HUGE_SIZE 0x1p60f
#define TINY_SIZE 0x1p-50f
#define SHRINK 0x1p-80f
#define GROW 0x1p80f
#endif

typedef REAL V __attribute__((vector_size(BYTES)));
typedef REAL HALF __attribute__((vector_size(16)));
typedef REAL LOOSE __attribute__((vector_size(BYTES), aligned(sizeof(REAL)), may_alias));
typedef WHOLE I __attribute__((vector_size(BYTES)));

static inline V all(REAL value) { return value - (V){0}; }

/* Lane by lane: where a mask holds, the one, and else the other. */
static inline V pick(I mask, V yes, V no) {
#if defined(__AVX__) && defined(DOUBLE)
    return (V)_mm256_blendv_pd((__m256d)no, (__m256d)yes, (__m256d)mask);
#elif defined(__AVX__)
    return (V)_mm256_blendv_ps((__m256)no, (__m256)yes, (__m256)mask);
#else
    return (V)((mask & (I)yes) | (~mask & (I)no));
#endif
}

static inline V mul_add(V a, V b, V c) {
#if defined(__FMA__) && defined(DOUBLE)
    return (V)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#elif defined(__FMA__)
    return (V)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#else
    return a * b + c;
#endif
}

static inline V root(V a) {
#if defined(__AVX__) && defined(DOUBLE)
    return (V)_mm256_sqrt_pd((__m256d)a);
#elif defined(__AVX__)
    return (V)_mm256_sqrt_ps((__m256)a);
#else
    V found;
    for (int lane = 0; lane < LANES; lane++) found[lane] = SQRT(a[lane]);
    return found;
#endif
}

static inline REAL total(V a) {
    HALF low;
    memcpy(&low, &a, sizeof low);
#if BYTES == 32
    HALF high;
    memcpy(&high, (const char *)&a + sizeof low, sizeof high);
    low += high;
#endif
#ifdef DOUBLE
    return low[0] + low[1];
#else
    return (low[0] + low[2]) + (low[1] + low[3]);
#endif
}

static inline V absolute(V a) { return (V)((I)a & ~(I)all(-C(0.0))); }

/* The larger or smaller of a and a bound; NaN stays, as AVX gives the second of such two. */
static inline V at_most(V a, REAL bound) {
#if defined(__AVX__) && defined(DOUBLE)
    return (V)_mm256_min_pd((__m256d)all(bound), (__m256d)a);
#elif defined(__AVX__)
    return (V)_mm256_min_ps((__m256)all(bound), (__m256)a);
#else
    return pick(a > all(bound), all(bound), a);
#endif
}

static inline V at_least(V a, REAL bound) {
#if defined(__AVX__) && defined(DOUBLE)
    return (V)_mm256_max_pd((__m256d)all(bound), (__m256d)a);
#elif defined(__AVX__)
    return (V)_mm256_max_ps((__m256)all(bound), (__m256)a);
#else
    return pick(a < all(bound), all(bound), a);
#endif
}

/* sqrt(a² + b²), where neither square may overflow or underflow. */
static inline V length(V a, V b) {
    V x = absolute(a), y = absolute(b), large = pick(x > y, x, y);
    I above = large > all(HUGE_SIZE), below = large < all(TINY_SIZE);
    V scale = pick(above, all(SHRINK), pick(below, all(GROW), all(C(1.0))));
    V back = pick(above, all(GROW), pick(below, all(SHRINK), all(C(1.0))));
    x *= scale;
    y *= scale;
    return root(x * x + y * y) * back;
}

/* c[0] + c[1] x + c[2] x² + ..., n >= 3 terms, in two halves of which none waits for the other. */
static inline __attribute__((always_inline)) V polynomial(const REAL *c, const int n, V x) {
    const int even_n = (n - 1) / 2 * 2, odd_n = n / 2 * 2 - 1;
    V square = x * x, even = all(c[even_n]), odd = all(c[odd_n]);
    for (int k = even_n - 2; k >= 0; k -= 2) even = mul_add(even, square, all(c[k]));
    for (int k = odd_n - 2; k >= 1; k -= 2) odd = mul_add(odd, square, all(c[k]));
    return mul_add(odd, x, even);
}

/* exp(x) = 2^n (1 + q): half = 2^(n-1), and q = exp(r) - 1 of a small rest r, by Taylor's series.
 * x lies between EXP_LEAST and EXP_MOST. */
static inline V split_exp(V x, V *half) {
    static const REAL inverse[] = {C(1.0),
                                   C(1.0) / C(2.0),
                                   C(1.0) / C(6.0),
                                   C(1.0) / C(24.0),
                                   C(1.0) / C(120.0),
                                   C(1.0) / C(720.0),
                                   C(1.0) / C(5040.0),
                                   C(1.0) / C(40320.0),
                                   C(1.0) / C(362880.0),
                                   C(1.0) / C(3628800.0),
                                   C(1.0) / C(39916800.0),
                                   C(1.0) / C(479001600.0),
                                   C(1.0) / C(6227020800.0)};
    V turned = mul_add(x, all(C(1.4426950408889634)), all(MAGIC));
    V n = turned - all(MAGIC);
    V r = mul_add(n, all(-LN2_LOW), mul_add(n, all(-LN2_HIGH), x));
    *half = (V)(((I)turned - (I)all(MAGIC) + (EXPONENT_OF_ONE - 1)) << MANTISSA);
    return r * polynomial(inverse, EXP_TERMS, r);
}

static inline V exponential(V x) {
    V half, q = split_exp(at_most(at_least(x, EXP_LEAST), EXP_MOST), &half);
    V found = mul_add(half, q, half) * C(2.0);
    found = pick(x > all(EXP_MOST), all((REAL)INFINITY), found);
    return pick(x < all(EXP_LEAST), (V){0}, found);
}

/* exp(-|x|). */
static inline V decay(V x) {
    x = (V)((I)x | (I)all(-C(0.0)));
    V half, q = split_exp(at_least(x, EXP_LEAST), &half);
    return pick(x < all(EXP_LEAST), (V){0}, mul_add(half, q, half) * C(2.0));
}

/* exp(x) - 1 with all its digits near 0, for x <= EXP_MOST. */
static inline V exponential_less_1(V x) {
    V half, q = split_exp(at_most(at_least(x, EXP_LEAST), EXP_MOST), &half);
    return mul_add(half, q, half - C(0.5)) * C(2.0);
}

static inline V tangent(V x) {
    V e = exponential_less_1(at_most(absolute(x) * C(2.0), TANH_MOST));
    V sign = (V)((I)x & (I)all(-C(0.0)));
    return (V)((I)(e / (e + C(2.0))) | (I)sign);
}

static inline V logistic(V x) { return C(1.0) / (exponential(-x) + C(1.0)); }

/* log(1 + u) for u in [0, 1]. */
static inline V log_of_1_and(V u) {
#ifdef DOUBLE /* 2 atanh(f / (2 + f)) */
    I far = u > all(C(0.41421356));
    V f = pick(far, (u - C(1.0)) * C(0.5), u); /* 1 + u = 2 (1 + f) */
    V s = f / (f + C(2.0)), square = s * s;
    V sum = all(C(1.0) / (2 * LOG_TERMS + 1));
    for (int k = LOG_TERMS - 1; k >= 0; k--) sum = mul_add(sum, square, all(C(1.0) / (2 * k + 1)));
    return mul_add(s * C(2.0), sum, pick(far, all(C(0.69314718055994530942)), (V){0}));
#else /* u times a polynomial through Chebyshev's points, within 2e-7 of it */
    static const REAL series[] = {1.0f,          -0.499995023f,  0.333192706f,
                                  -0.248443693f, 0.191114306f,   -0.136747703f,
                                  0.0783616677f, -0.0295885075f, 0.00525345793f};
    return u * polynomial(series, 9, u);
#endif
}

/* log(x) for x in [1, 2^20]; NaN stays. */
static inline V logarithm(V x) {
    I bits = (I)x >> MANTISSA, one = (I)all(C(1.0));
    V mantissa = (V)(((I)x & (((WHOLE)1 << MANTISSA) - 1)) | one);
    V exponent = (V)(bits - EXPONENT_OF_ONE + (I)all(MAGIC)) - all(MAGIC);
    return mul_add(exponent, all(C(0.69314718055994530942)), log_of_1_and(mantissa - C(1.0))) + (x - x);
}

/* sin(r) for r in [-π/2, π/2]. */
static inline V short_sine(V r) {
    V square = r * r, sum = all(C(1.0));
    for (int k = SINE_TERMS - 1; k > 0; k--)
        sum = mul_add(sum * square, all(C(-1.0) / (2 * k * (2 * k + 1))), all(C(1.0)));
    return r * sum;
}

/* sin and cos. Far from 0 the C library knows enough digits of π. */
static inline V sine(V x, V *cosine) {
    V size = absolute(x), found = x;
    int far = 0;
    for (int lane = 0; lane < LANES; lane++) far |= !(size[lane] < SINE_MOST);
    if (far) {
        for (int lane = 0; lane < LANES; lane++) {
            found[lane] = SIN(x[lane]);
            (*cosine)[lane] = COS(x[lane]);
        }
        return found;
    }
    V turned = mul_add(x, all(C(0.31830988618379067154)), all(MAGIC));
    V n = turned - all(MAGIC); /* x is nearly n π, */
    I odd = (I)turned << (MANTISSA + EXPONENT); /* whose parity is the sign */
    V r = mul_add(n, all(-PI_LOW), mul_add(n, all(-PI_MIDDLE), mul_add(n, all(-PI_HIGH), x)));
    found = (V)((I)short_sine(r) ^ odd);
    /* cos(x) = -sin(x - (m + ½) π) (-1)^m, where m = floor(x / π) */
    V quarter = mul_add(x, all(C(0.31830988618379067154)), all(C(-0.5))) + all(MAGIC);
    V m = quarter - all(MAGIC) + C(0.5);
    odd = (I)quarter << (MANTISSA + EXPONENT);
    r = mul_add(m, all(-PI_LOW), mul_add(m, all(-PI_MIDDLE), mul_add(m, all(-PI_HIGH), x)));
    *cosine = (V)((I)short_sine(-r) ^ odd);
    return found;
}

/* Φ(x), the normal distribution, and its density. erfc(z) = t exp(-z² + a series of Chebyshev's in
 * t = 2 / (2 + z)), for z >= 0 (Press et al., Numerical Recipes, section 6.2; the coefficients are
 * worked out anew to 20 digits). */
static inline V normal(V x, V *density) {
    static const REAL series[] = {
        C(-1.3026537197817094342),    C(0.6419697923564902603),     C(0.019476473204185836315),
        C(-0.0095615147868086316448), C(-0.00094659534448203686432), C(0.00036683949785276145094),
        C(0.000042523324806907771461), C(-0.000020278578112534241867), C(-1.6242900046470278099e-6),
        C(1.3036558355805263417e-6),  C(1.5626441722062386582e-8),  C(-8.5238095914922440361e-8),
        C(6.5290544390946996623e-9),  C(5.0593434955553711633e-9),  C(-9.9136415649640463958e-10),
        C(-2.273651222905852497e-10), C(9.646791101851670042e-11),  C(2.3940380836007930239e-12),
        C(-6.8860275259430598368e-12), C(8.9448792567974095964e-13), C(3.1309214251956600437e-13),
        C(-1.1270822696707149357e-13), C(3.8109440395747767616e-16), C(7.1060934908817762864e-15),
        C(-1.5230241325247856869e-15), C(-9.4578666998868527137e-17), C(1.2102682418691472151e-16),
        C(-2.8168896605060421901e-17)};
    V z = absolute(x) * C(0.70710678118654752440);
    V t = C(2.0) / (z + C(2.0)), y = mul_add(t, all(C(4.0)), all(C(-2.0)));
    V now = {0}, before = {0};
    for (int k = ERFC_TERMS - 1; k > 0; k--) {
        V next = mul_add(y, now, all(series[k]) - before);
        before = now;
        now = next;
    }
    V sum = mul_add(y * C(0.5), now, all(series[0] * C(0.5)) - before);
    V half_square = x * x * C(-0.5);
    V tail = t * exponential(half_square + sum) * C(0.5);
    *density = exponential(half_square) * C(0.39894228040143267794);
    return pick(x > (V){0}, C(1.0) - tail, tail);
}
