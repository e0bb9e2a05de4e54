import CLinux

/// What becomes of the memory that a job's process has freed (mallopt(3)).
enum FreedMemory {
    /// It goes back to the system at once: a job's processes share the machine with others of their kind.
    static func isGivenBack() {
        mallopt(M_ARENA_MAX, 1)
        mallopt(M_TRIM_THRESHOLD, 16 << 10)
        mallopt(M_TOP_PAD, 4 << 10)
        // Buffers of this size go back by themselves only until one has been freed, unless this is set.
        mallopt(M_MMAP_THRESHOLD, 1 << 20)
    }

    /// It serves again where an operation has room for networks: their layers allocate and free the same megabytes over and over,
    /// and to have the system clear them each time took a fifth of a spoken sentence.
    static func suit(_ operation: AnyOperation) {
        guard operation.memory > AnyOperation.usualMemory else { return }
        mallopt(M_TRIM_THRESHOLD, 64 << 20)
        mallopt(M_TOP_PAD, 1 << 20)
        // The most that glibc takes.
        mallopt(M_MMAP_THRESHOLD, 32 << 20)
    }
}
