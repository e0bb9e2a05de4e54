extension Double {
    /// Rounded to some digits after the point, as documents print it.
    /// - Parameter decimals: 0 to 9 digits.
    package func rounded(decimals: Int) -> Double {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        return (self * scale).rounded() / scale
    }
}
