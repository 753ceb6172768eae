/* After an epoch: what members come to on a sample that is watched, and the best of each is kept. */

static void keep_best(const Job *job, const Member *member, int64_t epoch) {
    const Watch *watch = job->watch;
    const Job *sample = watch->sample ? watch->sample : job;
    int64_t k = member->k, number = watch->epoch + epoch + 1;
    double loss = sample->losses[epoch * job->n_members + k] / (sample->n * sample->n_terms);
    if (!watch->stopped[k] && loss < watch->loss[k]) {
        watch->loss[k] = loss;
        watch->epochs[k] = number;
        carry(job, member, watch->parameters, member->parameters, 1);
    }
    if (loss < watch->gained_loss[k] - watch->least_gain) {
        watch->gained_loss[k] = loss;
        watch->gained_epochs[k] = number;
    }
    if (watch->patience && !watch->stopped[k] && number - watch->gained_epochs[k] >= watch->patience)
        watch->stopped[k] = number;
}

/* Measure members after the `epoch`th of this call. */
static void look(const Job *job, Batches *batches, const Rule *rule, const Room *room,
                 const Member *members, int64_t n_members, int64_t epoch) {
    const Job *sample = job->watch->sample;
    for (int64_t done = 0; sample && done < sample->n_steps; done += batches->most) {
        pack(sample, batches, rule, 0, done);
        for (const Member *member = members; member < members + n_members; member++) {
            int64_t place = epoch * job->n_members + member->k;
            Room own = *room;
            prepare(sample, member, &own);
            for (int64_t i = 0; i < batches->n; i++)
                step(sample, batches, rule, &own, member, i, NULL, sample->losses + place,
                     sample->hits + place);
        }
    }
    for (int64_t i = 0; i < n_members; i++) keep_best(job, members + i, epoch);
}
