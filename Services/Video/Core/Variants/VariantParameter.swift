import Contracts
import Primitives

/// One thing that is drawn for each variant.
enum VariantParameter: String, CaseIterable, Sendable {
    case crop, cropX = "crop_x", cropY = "crop_y", scale, trimStart = "trim_start_s", trimEnd = "trim_end_s", speed, flip
    case brightness, contrast, saturation, hue = "hue_degrees", gamma, padding

    /// What leaves the video as it is.
    var neutral: Double {
        switch self {
        case .scale, .speed, .contrast, .saturation, .gamma: 1
        case .cropX, .cropY: 0.5
        default: 0
        }
    }

    /// What may be asked for.
    var allowed: ClosedRange<Double> {
        switch self {
        case .crop, .padding: 0...0.5
        case .cropX, .cropY, .flip: 0...1
        case .scale: 0.1...4
        case .trimStart, .trimEnd: 0...86_400
        case .speed: 0.5...2
        case .brightness: -0.5...0.5
        case .contrast: 0.2...3
        case .saturation: 0...3
        case .hue: -180...180
        case .gamma: 0.2...5
        }
    }

    /// What it is drawn from where nothing is asked for; `nil` leaves it neutral.
    var usual: ClosedRange<Double>? {
        switch self {
        case .crop: 0.01...0.06
        case .cropX, .cropY: 0...1
        case .scale, .trimEnd, .padding: nil
        case .trimStart: 0...0.3
        case .speed: 0.97...1.03
        case .flip: 0...0
        case .brightness: -0.03...0.03
        case .contrast: 0.96...1.04
        case .saturation: 0.94...1.06
        case .hue: -3...3
        case .gamma: 0.97...1.03
        }
    }

    var help: String {
        switch self {
        case .crop: "Share of width and height that is cut off."
        case .cropX: "Where it is cut off: 0 all at the right, 1 all at the left."
        case .cropY: "Where it is cut off: 0 all at the bottom, 1 all at the top."
        case .scale: "Of width and height."
        case .trimStart: "Seconds left out at the beginning."
        case .trimEnd: "Seconds left out at the end."
        case .speed: "Of pictures and sound; voices keep their pitch."
        case .flip: "Whether left and right are exchanged: what is drawn is rounded to 0 or 1."
        case .brightness: "Added to the light, 1 being all of it."
        case .contrast: "Factor of the contrast."
        case .saturation: "Factor of the saturation."
        case .hue: "Turn of the colours, degrees."
        case .gamma: "Exponent of the light."
        case .padding: "Share of width and height that becomes a black border."
        }
    }
}

/// What variants are drawn from.
struct VariantRanges: Sendable, Equatable {
    private(set) var ranges: [VariantParameter: ClosedRange<Double>] = [:]

    /// - Parameter document: an object of `[low, high]` by parameter; what it leaves out is drawn from the usual range.
    /// - Throws: `VideoError.outputSetting` naming what is wrong.
    init(_ document: JSONValue) throws(VideoError) {
        for parameter in VariantParameter.allCases { ranges[parameter] = parameter.usual }
        for (name, value) in document.objectValue ?? [:] {
            guard let parameter = VariantParameter(rawValue: name) else {
                let known = VariantParameter.allCases.map(\.rawValue).joined(separator: ", ")
                throw .outputSetting("there is no parameter \(name) to draw; there are \(known)")
            }
            let bounds = value.arrayValue?.compactMap(\.doubleValue) ?? []
            let allowed = parameter.allowed
            guard bounds.count == 2, value.arrayValue?.count == 2, bounds[0] <= bounds[1], allowed.contains(bounds[0]),
                allowed.contains(bounds[1])
            else {
                throw .outputSetting(
                    "\(name) is drawn from [low, high] between \(allowed.lowerBound) and \(allowed.upperBound)")
            }
            ranges[parameter] = bounds[0]...bounds[1]
        }
    }

    /// The values of one variant. Every parameter is drawn, in one order, whatever its range: a range that changes leaves the
    /// others' values alone, and so does the number of variants.
    /// - Parameter index: of the variant, from 0.
    func draw(seed: Int, index: Int) -> [VariantParameter: Double] {
        var mixer = SeededRandom(seed: UInt64(bitPattern: Int64(seed)))
        var random = SeededRandom(seed: mixer.next() ^ (UInt64(index) &* 0xD134_2543_DE82_EF95))
        var values: [VariantParameter: Double] = [:]
        for parameter in VariantParameter.allCases {
            let fraction = random.fraction()
            guard let range = ranges[parameter] else {
                values[parameter] = parameter.neutral
                continue
            }
            let value = range.lowerBound + (range.upperBound - range.lowerBound) * fraction
            values[parameter] = parameter == .flip ? value.rounded() : value.rounded(decimals: 4)
        }
        return values
    }

    /// JSON Schema of the document.
    static var schema: JSONValue {
        let properties = VariantParameter.allCases.map { parameter -> (String, JSONValue) in
            let number: JSONValue = [
                "type": "number", "minimum": .number(parameter.allowed.lowerBound),
                "maximum": .number(parameter.allowed.upperBound),
            ]
            var property: [String: JSONValue] = [
                "type": "array", "minItems": 2, "maxItems": 2, "items": number, "description": .string(parameter.help),
            ]
            if let usual = parameter.usual { property["default"] = [.number(usual.lowerBound), .number(usual.upperBound)] }
            return (parameter.rawValue, .object(property))
        }
        return [
            "type": "object", "additionalProperties": false,
            "properties": .object(Dictionary(properties) { first, _ in first }),
        ]
    }
}
