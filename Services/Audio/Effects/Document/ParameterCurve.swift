import Primitives

/// A parameter's values over time: straight lines between points.
struct ParameterCurve: Sendable, Hashable {
    /// Two points closer than this, in seconds, would jump audibly; the later one is moved back to it.
    static let shortestRamp = 0.01
    static let maximumPoints = 10_000

    private let seconds: [Double]
    private let values: [Double]

    /// Reads `[[seconds, value], …]`.
    /// - Returns: `nil` when something is wrong with it, which is noted.
    init?(
        _ document: JSONValue, range: ClosedRange<Double>, unit: String?, at pointer: String, _ faults: inout [ChainFault]
    ) {
        let suffix = unit.map { " \($0)" } ?? ""
        guard let points = document.arrayValue, !points.isEmpty, points.count <= Self.maximumPoints else {
            faults.append(
                ChainFault(pointer, .wrongType, "a curve is a list of 1 to \(Self.maximumPoints) points [seconds, value]"))
            return nil
        }
        var (seconds, values): ([Double], [Double]) = ([], [])
        let before = faults.count
        var last = 0.0
        for (index, point) in points.enumerated() {
            let place = "\(pointer)/\(index)"
            guard let pair = point.arrayValue, pair.count == 2, let time = pair[0].doubleValue, let value = pair[1].doubleValue
            else {
                faults.append(ChainFault(place, .wrongType, "a point is a pair of numbers: [seconds, value]"))
                continue
            }
            if !(time.isFinite && time >= last) {
                faults.append(ChainFault("\(place)/0", .outOfRange, "the seconds of a curve must not be negative or go back"))
            }
            if !range.contains(value) {
                let bounds = "\(range.lowerBound) and \(range.upperBound)"
                faults.append(ChainFault("\(place)/1", .outOfRange, "the value must be between \(bounds)\(suffix), not \(value)"))
            }
            last = max(last, time)
            seconds.append(seconds.last.map { max(time, $0 + Self.shortestRamp) } ?? time)
            values.append(value)
        }
        guard faults.count == before else { return nil }
        (self.seconds, self.values) = (seconds, values)
    }

    /// The value at a time in seconds; before the first point and after the last one it stays.
    func value(at time: Double) -> Double {
        var (low, high) = (0, seconds.count)
        while low < high {
            let middle = (low + high) / 2
            if seconds[middle] <= time { low = middle + 1 } else { high = middle }
        }
        if low == 0 { return values[0] }
        if low == seconds.count { return values[low - 1] }
        let part = (time - seconds[low - 1]) / (seconds[low] - seconds[low - 1])
        return values[low - 1] + part * (values[low] - values[low - 1])
    }

    static func jsonSchema(range: ClosedRange<Double>) -> JSONValue {
        [
            "type": "array", "minItems": 1, "maxItems": .integer(Int64(maximumPoints)),
            "items": [
                "type": "array", "minItems": 2, "maxItems": 2,
                "prefixItems": [
                    ["type": "number", "minimum": 0],
                    ["type": "number", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound)],
                ],
            ],
        ]
    }
}
