/// One place of the screen and how its light goes up and down.
///
/// A transition is a change from peak to valley or back by at least the threshold, the darker end being dark enough; a flash is
/// two of them. Source: WCAG 2.2, "general flash and red flash thresholds"; ITU-R BT.1702-2, Annex 1.
struct FlashCell {
    /// What counts as a change.
    struct Thresholds {
        /// Of light, 1 being white.
        var change: Float
        /// The darker of both has to be below.
        var darkest: Float
        /// The distance in the CIE 1976 UCS diagram that makes a change to or from red (ISO 9241-391).
        var hue: Float = 0.2
        /// The part of red in the light that saturated red has at least.
        var saturation: Float = 0.8
    }

    /// Seconds of the last transitions, in a ring; for light and for red.
    private(set) var light: TransitionTimes
    private(set) var red: TransitionTimes
    private var low = Float.infinity
    private var high = -Float.infinity
    private var isUp: Bool?
    private var lastRed: SIMD2<Float>?
    private var lastOther: SIMD2<Float>?
    private var isRed: Bool?

    /// - Parameter transitions: how many are kept.
    init(transitions: Int) { (light, red) = (TransitionTimes(transitions), TransitionTimes(transitions)) }

    /// - Parameters:
    ///   - color: linear red, green and blue.
    ///   - time: seconds.
    mutating func look(_ color: SIMD3<Float>, _ thresholds: Thresholds, at time: Double) {
        // Source of the weights: WCAG 2.2, "relative luminance".
        follow(light: 0.2126 * color.x + 0.7152 * color.y + 0.0722 * color.z, thresholds, at: time)
        follow(color, thresholds, at: time)
    }

    private mutating func follow(light value: Float, _ thresholds: Thresholds, at time: Double) {
        if isUp != false { high = max(high, value) }
        if isUp != true { low = min(low, value) }
        if isUp != true, value - low >= thresholds.change, low < thresholds.darkest {
            (isUp, high) = (true, value)
            light.add(time)
        } else if isUp != false, high - value >= thresholds.change, value < thresholds.darkest {
            (isUp, low) = (false, value)
            light.add(time)
        }
    }

    private mutating func follow(_ color: SIMD3<Float>, _ thresholds: Thresholds, at time: Double) {
        let (place, isSaturated) = (Self.chromaticity(color), color.sum() > 0.01 && color.x >= thresholds.saturation * color.sum())
        func isFar(_ other: SIMD2<Float>?) -> Bool {
            guard let other else { return false }
            let way = place - other
            return (way * way).sum() >= thresholds.hue * thresholds.hue
        }
        if isSaturated {
            if isRed != true, isFar(lastOther) { red.add(time) }
            if isRed == nil || isFar(lastOther) { isRed = true }
            lastRed = place
        } else {
            if isRed == true, isFar(lastRed) { red.add(time) }
            if isRed == nil || isFar(lastRed) { isRed = false }
            lastOther = place
        }
    }

    /// Coordinates u′, v′ of linear sRGB; those of white for black. Source: IEC 61966-2-1 and CIE 15.
    private static func chromaticity(_ color: SIMD3<Float>) -> SIMD2<Float> {
        let x = 0.4124 * color.x + 0.3576 * color.y + 0.1805 * color.z
        let y = 0.2126 * color.x + 0.7152 * color.y + 0.0722 * color.z
        let z = 0.0193 * color.x + 0.1192 * color.y + 0.9505 * color.z
        let sum = x + 15 * y + 3 * z
        return sum > 0.01 ? SIMD2(4 * x / sum, 9 * y / sum) : SIMD2(0.1978, 0.4683)
    }
}

/// The times of the last few transitions.
struct TransitionTimes {
    private var times: [Double]
    private var next = 0

    init(_ count: Int) { times = Array(repeating: -.infinity, count: count) }

    mutating func add(_ time: Double) {
        times[next] = time
        next = next + 1 == times.count ? 0 : next + 1
    }

    /// Seconds of the oldest that is kept.
    var oldest: Double { times[next] }
}
