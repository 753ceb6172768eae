/* The order of an epoch's samples, as torch.randperm draws it. */

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
