/* Words of chance, as a torch generator on the CPU draws them. */

#define WORDS 624
#define AHEAD 397

/* The front of a generator's state. */
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

static inline uint32_t next_word(Chance *chance) {
    if (chance->left == 1) turn(chance);
    chance->left--;
    return tempered(chance->words[chance->next++]);
}

/* Write words of 64 bits, the first half of each on top. */
static void draw_words(Chance *chance, int64_t n, uint64_t *found) {
    for (int64_t i = 0; i < n; i++) {
        uint64_t top = next_word(chance);
        found[i] = top << 32 | next_word(chance);
    }
}
