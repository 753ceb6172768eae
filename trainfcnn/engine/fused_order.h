/* The order of an epoch's samples, as torch.randperm draws it. */

#define WORDS 624
#define AHEAD 397

/* The front of the state of a torch generator on the CPU. */
typedef struct {
    uint64_t seed;
    int32_t left, seeded; /* words until the next turn, plus 1 */
    uint64_t next;        /* which word comes next */
    uint64_t words[WORDS];
} Chance;

static uint64_t twisted(uint64_t high, uint64_t low) {
    return (((high & 0x80000000) | (low & 0x7fffffff)) >> 1) ^ (low & 1 ? 0x9908b0df : 0);
}

/* The words that follow these (Matsumoto and Nishimura 1998, the Mersenne Twister). */
static void turn(Chance *chance) {
    uint64_t *w = chance->words;
    for (int i = 0; i < WORDS - AHEAD; i++) w[i] = w[i + AHEAD] ^ twisted(w[i], w[i + 1]);
    for (int i = WORDS - AHEAD; i < WORDS - 1; i++)
        w[i] = w[i + AHEAD - WORDS] ^ twisted(w[i], w[i + 1]);
    w[WORDS - 1] = w[AHEAD - 1] ^ twisted(w[WORDS - 1], w[0]);
    chance->left = WORDS + 1;
    chance->next = 0;
}

static inline uint32_t tempered(uint64_t word) {
    uint32_t y = (uint32_t)word;
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return y ^ (y >> 18);
}

/* Remainders of the next `n` words, divided by `most`, `most - 1` and so on, down to 2 at least. */
static void draw(Chance *chance, int64_t most, int64_t n, int32_t *found) {
    const uint64_t *words = chance->words + chance->next;
    for (int64_t i = 0; i < n; i++) {
        uint32_t word = tempered(words[i]), divisor = (uint32_t)(most - i);
        /* no quotient of 32 bits is so near a whole number that a double would be rounded to it */
        int32_t quotient = (int32_t)((double)word / (double)divisor);
        found[i] = (int32_t)(word - (uint32_t)quotient * divisor);
    }
    chance->next += n;
    chance->left -= (int32_t)n;
}

/* Write so many orders of n samples, n < 2^31, one after the other. */
void permute(Chance *chance, int64_t n_orders, int64_t n, int64_t *orders) {
    int32_t ahead[WORDS];
    for (; n_orders; n_orders--, orders += n) {
        for (int64_t i = 0; i < n; i++) orders[i] = i;
        for (int64_t i = 0; i < n - 1;) {
            if (chance->left == 1) turn(chance);
            int64_t some = chance->left - 1;
            if (some > n - 1 - i) some = n - 1 - i;
            draw(chance, n - i, some, ahead);
            for (int64_t j = 0; j < some; j++, i++) {
                int64_t other = i + ahead[j], swapped = orders[i];
                orders[i] = orders[other];
                orders[other] = swapped;
            }
        }
    }
}
