extension Int {
    /// The whole part of a number from outside: what lies beyond becomes the nearest that fits, and 0 what is not a number.
    package init(clamping value: Double) {
        self = Int(exactly: value.rounded(.towardZero)) ?? (value > 0 ? .max : value < 0 ? .min : 0)
    }
}
