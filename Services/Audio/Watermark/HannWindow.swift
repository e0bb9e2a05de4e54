import Glibc

/// The window of the transforms.
enum HannWindow {
    /// The periodic window, whose squares at a quarter of its length sum up to 1.5.
    static func make(_ length: Int) -> [Float] {
        (0..<length).map { Float(0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(length))) }
    }
}
