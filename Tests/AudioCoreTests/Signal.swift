import Glibc

import AudioCore
import Metering

/// A synthetic programme: planar samples in memory.
struct Signal {
    var sampleRate: Int
    var planes: [[Float]]

    var frames: Int { planes.first?.count ?? 0 }

    init(sampleRate: Int = 48_000, planes: [[Float]]) {
        (self.sampleRate, self.planes) = (sampleRate, planes)
    }

    /// Makes every channel alike.
    init(sampleRate: Int = 48_000, channels: Int = 2, seconds: Double, _ value: (Int) -> Double) {
        let frames = Int(seconds * Double(sampleRate))
        let plane = [Float](unsafeUninitializedCapacity: frames) { samples, count in
            for frame in 0..<frames { samples[frame] = Float(value(frame)) }
            count = frames
        }
        self.init(sampleRate: sampleRate, planes: Array(repeating: plane, count: channels))
    }

    /// A sine of `level` dBFS peak in every channel; `phase` in degrees.
    static func sine(
        _ frequency: Double = 1000, level: Double, seconds: Double, phase: Double = 0, sampleRate: Int = 48_000, channels: Int = 2
    ) -> Signal {
        let amplitude = pow(10, level / 20)
        return Signal(sampleRate: sampleRate, channels: channels, seconds: seconds) {
            amplitude * sin(2 * .pi * frequency * Double($0) / Double(sampleRate) + phase * .pi / 180)
        }
    }

    /// Sines of 1 kHz one after the other: one channel at 16 kHz, to be measured as dual mono, which is the same to the measure
    /// as the two equal channels at 48 kHz that the documents speak of.
    static func steps(_ steps: [(level: Double, seconds: Double)]) -> Signal {
        var whole = Signal(sampleRate: 16_000, planes: [[]])
        let period = (0..<16).map { Float(sin(2 * .pi * Double($0) / 16)) }
        for step in steps {
            let amplitude = Float(pow(10, step.level / 20))
            let wave = period.map { $0 * amplitude }
            for _ in 0..<Int(step.seconds * 1000) { whole.planes[0] += wave }
        }
        return whole
    }

    /// White noise, uniform between ±`amplitude`; the same every time.
    static func noise(amplitude: Double, seconds: Double, sampleRate: Int = 48_000, channels: Int = 2) -> Signal {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        let planes = (0..<channels).map { _ in
            (0..<Int(seconds * Double(sampleRate))).map { _ -> Float in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Float(amplitude * (Double(state >> 11) / Double(1 << 52) - 1))
            }
        }
        return Signal(sampleRate: sampleRate, planes: planes)
    }

    mutating func append(_ other: Signal) {
        for channel in planes.indices { planes[channel] += other.planes[channel] }
    }

    func map(_ transform: (Float) -> Float) -> Signal {
        Signal(sampleRate: sampleRate, planes: planes.map { $0.map(transform) })
    }

    /// Rounded to 16 bits, without dither.
    var quantized: Signal { map { max(-1, min(1 - 1 / 32768, ($0 * 32768).rounded() / 32768)) } }

    /// Walks through in chunks, whose length varies so that no test leans on one.
    func forEachChunk(_ body: ([UnsafeBufferPointer<Float>]) throws -> Void) rethrows {
        var start = 0
        var length = 1
        while start < frames {
            let end = min(frames, start + length)
            try Self.withPlanes(planes, start..<end, body)
            start = end
            length = length * 7 % 9973 + 1
        }
    }

    private static func withPlanes(
        _ planes: [[Float]], _ range: Range<Int>, _ body: ([UnsafeBufferPointer<Float>]) throws -> Void
    ) rethrows {
        func descend(_ channel: Int, _ found: [UnsafeBufferPointer<Float>]) throws {
            if channel == planes.count { return try body(found) }
            try planes[channel].withUnsafeBufferPointer { plane in
                try descend(channel + 1, found + [UnsafeBufferPointer(rebasing: plane[range])])
            }
        }
        try { try descend(0, []) }()
    }

    func measured(
        _ detail: ProgrammeMeter.Detail = .summary, channels: [LoudnessChannel]? = nil
    ) throws -> ProgrammeMeter.Result {
        let roles = channels ?? Array(repeating: .front, count: planes.count)
        var meter = try ProgrammeMeter(channels: roles, sampleRate: sampleRate, detail: detail)
        try forEachChunk { try meter.process($0) }
        return try meter.finish()
    }

    func treated(by plan: NormalizationPlan) -> Signal {
        var stage = GainStage(gain: plan.gain, curve: plan.curve)
        var result = self
        var start = 0
        var length = 1
        while start < frames {
            let end = min(frames, start + length)
            var parts = planes.map { Array($0[start..<end]) }
            let buffers = parts.indices.map { index in
                let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: end - start)
                _ = buffer.initialize(from: parts[index])
                return buffer
            }
            stage.process(buffers)
            for (index, buffer) in buffers.enumerated() {
                parts[index] = Array(buffer)
                buffer.deallocate()
                result.planes[index].replaceSubrange(start..<end, with: parts[index])
            }
            start = end
            length = length * 5 % 7919 + 1
        }
        return result
    }

    /// True peak in dBTP by another interpolator than the product's: a sinc of 34 taps under a Kaiser window of shape 9, in
    /// double precision, which is how libswresample does it and with it FFmpeg's meter.
    func independentTruePeak(oversampling: Int = 4) -> Double {
        let taps = 34
        func bessel(_ x: Double) -> Double {
            (1...40).reduce((term: 1.0, sum: 1.0)) { part, k in
                let term = part.term * (x / 2 / Double(k)) * (x / 2 / Double(k))
                return (term, part.sum + term)
            }.sum
        }
        let phases = (0..<oversampling).map { phase in
            (0..<taps).map { tap -> Double in
                let distance = Double(tap - taps / 2 + 1) - Double(phase) / Double(oversampling)
                let position = distance / Double(taps / 2)
                return (distance == 0 ? 1 : sin(.pi * distance) / (.pi * distance))
                    * bessel(9 * (1 - position * position).squareRoot())
                    / bessel(9)
            }
        }
        let coefficients = phases.flatMap { $0 }
        var peak = 0.0
        for (channel, plane) in planes.enumerated() where channel == 0 || plane != planes[channel - 1] {
            let padded = ([Float](repeating: 0, count: taps) + plane + [Float](repeating: 0, count: taps)).map(Double.init)
            padded.withUnsafeBufferPointer { samples in
                coefficients.withUnsafeBufferPointer { coefficients in
                    peak = max(
                        peak,
                        Self.largest(samples.baseAddress!, samples.count - taps, coefficients.baseAddress!, oversampling, taps))
                }
            }
        }
        return 20 * log10(peak)
    }

    /// Written with bare loops, for tests run without optimisation.
    private static func largest(
        _ samples: UnsafePointer<Double>, _ count: Int, _ coefficients: UnsafePointer<Double>, _ phases: Int, _ taps: Int
    ) -> Double {
        var peak = 0.0
        var start = 0
        while start < count {
            var coefficient = coefficients
            var phase = 0
            while phase < phases {
                var sample = samples + start
                let end = coefficient + taps
                var sum = 0.0
                while coefficient != end {
                    sum += coefficient.pointee * sample.pointee
                    coefficient += 1
                    sample += 1
                }
                if sum > peak { peak = sum } else if -sum > peak { peak = -sum }
                phase += 1
            }
            start += 1
        }
        return peak
    }

    /// Raised in and out over 20 ms, so that nothing but the tone is measured.
    var faded: Signal {
        var result = self
        let length = sampleRate / 50
        for channel in planes.indices {
            for frame in 0..<length {
                let gain = Float(0.5 - 0.5 * cos(.pi * Double(frame) / Double(length)))
                result.planes[channel][frame] *= gain
                result.planes[channel][frames - 1 - frame] *= gain
            }
        }
        return result
    }

    /// White noise without what lies above a quarter of the sample rate: a moving mean, twice.
    static func softNoise(amplitude: Double, seconds: Double, sampleRate: Int = 48_000) -> Signal {
        var signal = noise(amplitude: amplitude, seconds: seconds, sampleRate: sampleRate)
        for channel in signal.planes.indices {
            for _ in 0..<2 {
                let plane = signal.planes[channel]
                for frame in 2..<plane.count - 2 {
                    signal.planes[channel][frame] = (plane[frame - 2...frame + 2].reduce(0, +)) / 5 * 1.8
                }
            }
        }
        return signal
    }
}
