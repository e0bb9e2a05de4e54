import CLinux
import Synchronization

/// The system's random numbers, had by the hundred: one at a time each costs a system call.
package struct BufferedRandom: RandomNumberGenerator, Sendable {
    private struct Buffer {
        var numbers: [UInt64] = []
    }

    private static let buffer = Mutex(Buffer())
    private static let size = 256

    package init() {}

    package mutating func next() -> UInt64 {
        Self.buffer.withLock { buffer in
            if let number = buffer.numbers.popLast() { return number }
            buffer.numbers = [UInt64](unsafeUninitializedCapacity: Self.size) { numbers, count in
                // Never short for a few kilobytes once the kernel's pool is ready (getrandom(2)).
                let wanted = Self.size * MemoryLayout<UInt64>.stride
                count = max(0, getrandom(numbers.baseAddress, wanted, 0)) / MemoryLayout<UInt64>.stride
            }
            var system = SystemRandomNumberGenerator()
            return buffer.numbers.popLast() ?? system.next()
        }
    }
}
