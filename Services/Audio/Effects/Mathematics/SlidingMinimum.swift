/// The smallest of the last so many values, in three comparisons for each.
///
/// Source: M. van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and octagonal kernels",
/// Pattern Recognition Letters 13 (7), 1992: a minimum from the beginning of a stretch of values and one to the end of the
/// stretch before make up the minimum of any window.
struct SlidingMinimum {
    private let window: Int
    /// The current stretch as far as it is filled; behind it the minima to the end of the one before.
    private var values: [Float]
    private var position = 0
    private var running = Float.infinity

    /// - Parameters:
    ///   - window: how many values count, at least 1.
    ///   - initial: what came before the first value.
    init(window: Int, initial: Float) {
        self.window = window
        values = Array(repeating: initial, count: window) + [.infinity]
    }

    /// Replaces each value by the minimum of it and the `window - 1` before it.
    mutating func process(_ samples: UnsafeMutablePointer<Float>, count: Int) {
        let window = window
        var (position, running) = (position, running)
        values.withUnsafeMutableBufferPointer { values in
            for index in 0..<count {
                let value = samples[index]
                running = min(running, value)
                samples[index] = min(running, values[position + 1])
                values[position] = value
                position += 1
                if position == window {
                    var suffix = Float.infinity
                    while position > 0 {
                        position -= 1
                        suffix = min(suffix, values[position])
                        values[position] = suffix
                    }
                    running = .infinity
                }
            }
        }
        (self.position, self.running) = (position, running)
    }
}
