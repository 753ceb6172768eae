/* A job, spread over threads. */

#define TOGETHER 32 /* members that see the same batches before the next ones are brought, */
#define HELD 16384  /* and parameters of them all, which stay in the second cache */
#define BUFFERS 5   /* of a member */

typedef struct {
    const Job *job;
    int64_t next;     /* the first member that nobody trains yet */
    int64_t together; /* how many a thread takes at a time */
    Chance chance;
    int failed;
} Work;

static void train(const Job *job, Batches *batches, Batches *watched, const Rule *rule, Room *room,
                  const Member *members, int64_t n_members) {
    int64_t n_outputs = job->widest[job->n_layers];
    if (job->chance) batches->chance = *(const Chance *)job->chance; /* all see the same units off */
    for (int64_t epoch = 0; epoch < job->n_epochs; epoch++) {
        for (int64_t done = 0; done < job->n_steps; done += batches->most) {
            pack(job, batches, rule, epoch, done);
            for (const Member *member = members; member < members + n_members; member++) {
                int64_t place = epoch * job->n_members + member->k;
                prepare(job, member, room);
                for (int64_t i = 0; i < batches->n; i++) {
                    int64_t before = (batches->first + i) * job->batch_size * job->n_members;
                    int64_t samples = samples_of(job, batches->first + i);
                    REAL *outputs = (REAL *)job->outputs + (before + member->k * samples) * n_outputs;
                    int wanted = job->what != MEASURE && epoch == job->n_epochs - 1;
                    step(job, batches, rule, room, member, i, wanted ? outputs : NULL,
                         job->losses + place, job->hits + place);
                }
            }
        }
        if (job->watch) look(job, watched, rule, room, members, n_members, epoch);
    }
}

/* Train members until there are none left; 1 where there is no memory for it. */
static int train_some(Work *work) {
    const Job *job = work->job, *sample = job->watch ? job->watch->sample : NULL;
    Rule rule = rule_of(job);
    Room room;
    Member members[TOGETHER];
    int64_t scratch = lay_out(job, NULL, &room), size = whole_vectors(parameters_of(job, job->widest));
    int64_t held = work->together * BUFFERS * size;
    Batches batches = batches_of(job), watched = sample ? batches_of(sample) : (Batches){0};
    REAL *memory = aligned_numbers((held + scratch) * sizeof(REAL));
    int failed = !memory || !batches.numbers || (sample && !watched.numbers);
    if (!failed) {
        memset(memory, 0, held * sizeof(REAL)); /* no vector ends in what is not set */
        lay_out(job, memory + held, &room);
        for (;;) {
            int64_t from = __atomic_fetch_add(&work->next, work->together, __ATOMIC_RELAXED);
            int64_t n = job->n_members - from < work->together ? job->n_members - from : work->together;
            if (n <= 0) break;
            for (int64_t i = 0; i < n; i++)
                members[i] = fetch(job, from + i, memory + i * BUFFERS * size, size);
            train(job, &batches, &watched, &rule, &room, members, n);
            if (!from) work->chance = batches.chance; /* where everybody's ended */
            for (int64_t i = 0; i < n && job->what == LEARN; i++) give_back(job, members + i);
        }
    }
    free(memory);
    free(batches.numbers);
    free(watched.numbers);
    return failed;
}

static void *help(void *shared) {
    Work *work = shared;
    if (train_some(work)) __atomic_store_n(&work->failed, 1, __ATOMIC_RELAXED);
    return NULL;
}

/* Take the steps of a job; 0, or 1 where there is no memory. */
int TRAIN(const Job *job) {
    int64_t wanted = job->n_threads < MOST_THREADS ? job->n_threads : MOST_THREADS;
    int64_t together = HELD / parameters_of(job, job->widest), share = (job->n_members + wanted - 1) / wanted;
    if (together > TOGETHER) together = TOGETHER;
    if (together > share) together = share;
    Work work = {.job = job, .together = together < 1 ? 1 : together};
    pthread_t helpers[MOST_THREADS];
    int n_helpers = 0;
    while (n_helpers < wanted - 1 && !pthread_create(helpers + n_helpers, NULL, help, &work)) n_helpers++;
    help(&work); /* and what no helper could be found for */
    while (n_helpers) pthread_join(helpers[--n_helpers], NULL);
    if (job->chance) *(Chance *)job->chance = work.chance;
    return work.failed && work.next < job->n_members;
}
