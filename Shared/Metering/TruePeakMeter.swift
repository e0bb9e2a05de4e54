/// The largest magnitude of a signal between its samples, over all channels, with the course of it in short blocks.
///
/// The signal is cut in blocks of about a millisecond. A block is interpolated only when it could matter: its largest sample
/// under the filter times `TruePeakFilter.gainBound` bounds every interpolated value, so a block whose bound stays under
/// `relevance` times the largest peak so far is settled by its samples alone.
package struct TruePeakMeter: ~Copyable {
    /// Frames of one block: a multiple of the SIMD width next to a millisecond.
    package let blockFrames: Int
    /// The largest magnitude found, full scale being 1.
    package private(set) var peak: Float = 0
    /// The largest sample magnitude, full scale being 1.
    package private(set) var samplePeak: Float = 0
    /// Whether a sample was infinite or not a number; nothing measured holds then.
    package private(set) var sawNonFinite = false

    private let oversampling: TruePeakFilter.Oversampling
    private let relevance: Float
    /// Per channel: `before` samples of the past, then what waits for a whole block with its look-ahead.
    private var lines: [UnsafeMutablePointer<Float>]
    private var waiting = 0
    private let coefficients: UnsafeMutablePointer<SIMD4<Float>>
    /// The interpolated values of one block.
    private let scratch: UnsafeMutablePointer<Float>

    private static let pairs = TruePeakFilter.taps / 2
    /// Frames taken in at a time.
    private static let slice = 4096
    /// The last group of a block may reach this far over its end.
    private static let overhang = 8

    /// - Parameters:
    ///   - channels: at least 1.
    ///   - sampleRate: Hz.
    ///   - relevance: from 0 to 1; 1 finds the overall peak alone, less also gives exact block peaks down to this part of it.
    package init(channels: Int, sampleRate: Int, relevance: Float = 1) {
        blockFrames = Self.blockFrames(sampleRate: sampleRate)
        oversampling = .init(sampleRate: sampleRate)
        self.relevance = relevance
        let capacity = TruePeakFilter.before + blockFrames + TruePeakFilter.after + Self.slice + 2 * Self.overhang
        lines = (0..<channels).map { _ in
            let line = UnsafeMutablePointer<Float>.allocate(capacity: capacity)
            line.initialize(repeating: 0, count: capacity)
            return line
        }
        let filter = TruePeakFilter.shared
        scratch = .allocate(capacity: 2 * blockFrames)
        coefficients = .allocate(capacity: 3 * Self.pairs)
        for pair in 0..<Self.pairs {
            (coefficients + 3 * pair).initialize(to: SIMD4(repeating: filter.half[pair]))
            (coefficients + 3 * pair + 1).initialize(to: SIMD4(repeating: filter.even[pair]))
            (coefficients + 3 * pair + 2).initialize(to: SIMD4(repeating: filter.odd[pair]))
        }
    }

    deinit {
        for line in lines { line.deallocate() }
        coefficients.deallocate()
        scratch.deallocate()
    }

    /// Frames of one block at a sample rate in Hz.
    package static func blockFrames(sampleRate: Int) -> Int { 8 * max(1, (sampleRate + 4000) / 8000) }

    /// Takes in one buffer for each channel, all of the same length.
    /// - Parameter blockPeaks: receives the peak of each block completed.
    package mutating func process(_ planes: [UnsafeBufferPointer<Float>], blockPeaks: (Float) -> Void) {
        let frames = planes.first?.count ?? 0
        var taken = 0
        while taken < frames {
            let count = min(Self.slice, frames - taken)
            for (line, plane) in zip(lines, planes) {
                guard let source = plane.baseAddress else { continue }
                (line + TruePeakFilter.before + waiting).update(from: source + taken, count: count)
            }
            waiting += count
            taken += count
            settleBlocks(blockPeaks)
        }
    }

    /// Settles what waits for its look-ahead, taking silence to follow.
    package mutating func finish(blockPeaks: (Float) -> Void) {
        guard waiting > 0 else { return }
        // Rounded up so that the last frames fill a block; one block of silence stands for the look-ahead beyond.
        let padding = TruePeakFilter.after + Self.overhang + blockFrames
        for line in lines { (line + TruePeakFilter.before + waiting).update(repeating: 0, count: padding) }
        let end = waiting
        waiting += padding
        var settled = 0
        let blockFrames = blockFrames
        settleBlocks { peak in
            if settled < end { blockPeaks(peak) }
            settled += blockFrames
        }
        waiting = 0
    }

    private mutating func settleBlocks(_ blockPeaks: (Float) -> Void) {
        let needed = blockFrames + TruePeakFilter.after + Self.overhang
        var start = 0
        while waiting - start >= needed {
            var blockPeak: Float = 0
            for line in lines {
                blockPeak = max(blockPeak, settleBlock(line + start))
            }
            blockPeaks(blockPeak)
            start += blockFrames
        }
        guard start > 0 else { return }
        waiting -= start
        for line in lines { line.update(from: line + start, count: TruePeakFilter.before + waiting) }
    }

    /// - Parameter line: `before` samples of the past, then the block, then its look-ahead.
    private mutating func settleBlock(_ line: UnsafeMutablePointer<Float>) -> Float {
        let block = line + TruePeakFilter.before
        let own = Self.largestMagnitude(block, count: blockFrames)
        guard own.isFinite else {
            sawNonFinite = true
            return 0
        }
        samplePeak = max(samplePeak, own)
        peak = max(peak, own)
        guard oversampling != .none else { return own }
        let around = max(
            Self.largestMagnitude(line, count: TruePeakFilter.before),
            Self.largestMagnitude(block + blockFrames, count: TruePeakFilter.after + Self.overhang))
        guard max(own, around) * TruePeakFilter.shared.gainBound > peak * relevance else { return own }
        let between = oversampling == .quadruple ? largestQuarter(line) : largestHalf(line)
        peak = max(peak, between)
        return max(own, between)
    }

    private func largestQuarter(_ line: UnsafeMutablePointer<Float>) -> Float {
        var out = UnsafeMutableRawPointer(scratch)
        for group in stride(from: 0, to: blockFrames, by: 8) {
            // Two vectors of four rather than one of eight: what baseline x86-64 and NEON have in registers.
            var (half, even, odd) = (SIMD4<Float>.zero, SIMD4<Float>.zero, SIMD4<Float>.zero)
            var (half2, even2, odd2) = (SIMD4<Float>.zero, SIMD4<Float>.zero, SIMD4<Float>.zero)
            var left = UnsafeRawPointer(line + group)
            var right = UnsafeRawPointer(line + group + (TruePeakFilter.taps - 1))
            var coefficient = UnsafePointer(coefficients)
            for _ in 0..<Self.pairs {
                let (a, b) = (Self.load(left), Self.load(right))
                let (a2, b2) = (Self.load(left + 16), Self.load(right + 16))
                let (sum, sum2) = (a + b, a2 + b2)
                half += coefficient[0] * sum
                half2 += coefficient[0] * sum2
                even += coefficient[1] * sum
                even2 += coefficient[1] * sum2
                odd += coefficient[2] * (a - b)
                odd2 += coefficient[2] * (a2 - b2)
                left += 4
                right -= 4
                coefficient += 3
            }
            out.storeBytes(of: half, as: SIMD4<Float>.self)
            (out + 16).storeBytes(of: half2, as: SIMD4<Float>.self)
            (out + 32).storeBytes(of: Self.magnitude(even) + Self.magnitude(odd), as: SIMD4<Float>.self)
            (out + 48).storeBytes(of: Self.magnitude(even2) + Self.magnitude(odd2), as: SIMD4<Float>.self)
            out += 64
        }
        return Self.largestMagnitude(scratch, count: 2 * blockFrames)
    }

    private func largestHalf(_ line: UnsafeMutablePointer<Float>) -> Float {
        var out = UnsafeMutableRawPointer(scratch)
        for group in stride(from: 0, to: blockFrames, by: 4) {
            var half = SIMD4<Float>.zero
            var left = UnsafeRawPointer(line + group)
            var right = UnsafeRawPointer(line + group + (TruePeakFilter.taps - 1))
            var coefficient = UnsafePointer(coefficients)
            for _ in 0..<Self.pairs {
                half += coefficient[0] * (Self.load(left) + Self.load(right))
                left += 4
                right -= 4
                coefficient += 3
            }
            out.storeBytes(of: half, as: SIMD4<Float>.self)
            out += 16
        }
        return Self.largestMagnitude(scratch, count: blockFrames)
    }

    /// The largest magnitude of `count` samples. Compared as bit patterns: the order of non-negative floats is that of their
    /// bits, infinities and NaN come out on top instead of getting lost, and the compiler makes vector code of the loop.
    private static func largestMagnitude(_ samples: UnsafeMutablePointer<Float>, count: Int) -> Float {
        samples.withMemoryRebound(to: UInt32.self, capacity: count) { bits in
            var largest: Int32 = 0
            for index in 0..<count {
                let magnitude = Int32(truncatingIfNeeded: bits[index] & 0x7FFF_FFFF)
                largest = magnitude > largest ? magnitude : largest
            }
            return Float(bitPattern: UInt32(largest))
        }
    }

    @inline(__always)
    private static func load(_ address: UnsafeRawPointer) -> SIMD4<Float> {
        address.loadUnaligned(as: SIMD4<Float>.self)
    }

    @inline(__always)
    private static func magnitude(_ value: SIMD4<Float>) -> SIMD4<Float> {
        unsafeBitCast(unsafeBitCast(value, to: SIMD4<UInt32>.self) & 0x7FFF_FFFF, to: SIMD4<Float>.self)
    }
}
