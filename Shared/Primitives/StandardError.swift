import Glibc

/// Standard error, for programs that speak to people.
package enum StandardError {
    /// Writes text as it is, without a newline.
    package static func write(_ text: String) {
        let bytes = Bytes(text.utf8)
        bytes.withUnsafeBytes { _ = Glibc.write(2, $0.baseAddress, $0.count) }
    }
}
