import Glibc

/// Denormal numbers taken as zero: decaying filters would otherwise run many times slower in silence.
enum FlushToZero {
    /// Runs a piece of arithmetic with denormal results and operands replaced by zero on this thread; afterwards the thread's
    /// floating-point mode is as it was.
    static func run<T>(_ body: () throws -> T) rethrows -> T {
        var before = fenv_t()
        fegetenv(&before)
        var mode = before
        #if arch(x86_64)
            // Flush to zero and denormals are zero (Intel 64 manual, volume 1, 10.2.3).
            mode.__mxcsr |= 0x8040
        #elseif arch(arm64)
            // FZ (Arm Architecture Reference Manual, FPCR).
            mode.__fpcr |= 1 << 24
        #endif
        fesetenv(&mode)
        defer { fesetenv(&before) }
        return try body()
    }
}
