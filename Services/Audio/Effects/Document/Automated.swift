/// Settings of which some follow curves over time.
struct Automated<Settings: EffectSettings>: Sendable {
    struct Curve: Sendable {
        let curve: ParameterCurve
        let set: @Sendable (inout Settings, Double) -> Void
    }

    /// The values of everything that no curve sets.
    let fixed: Settings
    private let curves: [Curve]

    init(_ fixed: Settings, curves: [Curve] = []) {
        (self.fixed, self.curves) = (fixed, curves)
    }

    var isConstant: Bool { curves.isEmpty && fixed.isConstant }

    /// All values at a time.
    /// - Parameter seconds: from the beginning of what the effect hears.
    func settings(at seconds: Double) -> Settings {
        var settings = fixed.resolved(at: seconds)
        for curve in curves { curve.set(&settings, curve.curve.value(at: seconds)) }
        return settings
    }
}
