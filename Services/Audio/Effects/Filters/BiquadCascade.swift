/// Second-order filters one after the other, on any number of channels.
final class BiquadCascade {
    private var sections: [BiquadSection]
    private let pairs: Int
    /// By section, then by pair of channels.
    private let states: UnsafeMutablePointer<BiquadSection.State>
    /// Stands in for the second channel of an odd last one.
    private let spare: UnsafeMutablePointer<Float>

    init(_ coefficients: [BiquadCoefficients], channels: Int) {
        sections = coefficients.map(BiquadSection.init)
        pairs = (channels + 1) / 2
        states = .allocate(capacity: max(1, sections.count * pairs))
        states.initialize(repeating: .init(), count: sections.count * pairs)
        spare = .allocate(capacity: PlanarStorage.blockFrames)
        spare.initialize(repeating: 0, count: PlanarStorage.blockFrames)
    }

    deinit {
        states.deallocate()
        spare.deallocate()
    }

    /// Changes one filter, which goes on from its state.
    func set(_ coefficients: BiquadCoefficients, at index: Int) { sections[index] = BiquadSection(coefficients) }

    func process(_ block: PlanarBlock) {
        sections.withUnsafeBufferPointer { sections in
            for pair in 0..<pairs {
                let left = block.start(2 * pair)
                let right = 2 * pair + 1 < block.channels ? block.start(2 * pair + 1) : spare
                var index = 0
                // Several filters in one pass hide each other's latency.
                while index + 3 <= sections.count {
                    run3(sections, index, pair, left, right, block.frames)
                    index += 3
                }
                while index < sections.count {
                    run1(sections, index, pair, left, right, block.frames)
                    index += 1
                }
            }
        }
    }

    private func run1(
        _ sections: UnsafeBufferPointer<BiquadSection>, _ index: Int, _ pair: Int, _ left: UnsafeMutablePointer<Float>,
        _ right: UnsafeMutablePointer<Float>, _ frames: Int
    ) {
        let section = sections[index]
        var state = states[index * pairs + pair]
        for frame in 0..<frames {
            let y = section.step(SIMD2(Double(left[frame]), Double(right[frame])), &state)
            left[frame] = Float(y.x)
            right[frame] = Float(y.y)
        }
        states[index * pairs + pair] = state
    }

    private func run3(
        _ sections: UnsafeBufferPointer<BiquadSection>, _ index: Int, _ pair: Int, _ left: UnsafeMutablePointer<Float>,
        _ right: UnsafeMutablePointer<Float>, _ frames: Int
    ) {
        let (first, second, third) = (sections[index], sections[index + 1], sections[index + 2])
        let place = states + index * pairs + pair
        var (a, b, c) = (place[0], place[pairs], place[2 * pairs])
        for frame in 0..<frames {
            var y = first.step(SIMD2(Double(left[frame]), Double(right[frame])), &a)
            y = second.step(y, &b)
            y = third.step(y, &c)
            left[frame] = Float(y.x)
            right[frame] = Float(y.y)
        }
        (place[0], place[pairs], place[2 * pairs]) = (a, b, c)
    }
}
