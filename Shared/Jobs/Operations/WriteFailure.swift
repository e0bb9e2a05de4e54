import Glibc
import Primitives

/// Why a file could not be opened, or not take all of some bytes.
package struct WriteFailure: Error {
    /// As the system gives it.
    package let number: Int32

    /// The failure of the system's call just before.
    package init() { number = errno }

    /// Whether there was no room.
    package var isFull: Bool { [ENOSPC, EDQUOT, EFBIG].contains(number) }
}

extension Bytes {
    /// Writes all of them.
    /// - Parameter descriptor: of a file open for writing.
    package func write(to descriptor: Int32) throws(WriteFailure) {
        var done = 0
        while done < count {
            let wrote = withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + done, $0.count - done) }
            if wrote < 0, errno == EINTR { continue }
            guard wrote > 0 else { throw WriteFailure() }
            done += wrote
        }
    }
}
