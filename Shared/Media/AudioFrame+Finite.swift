import CLibAV

extension AudioFrame {
    /// Whether every sample is a number: what remembers would never forget one that is none, and encoders end on it. Integers always
    /// are.
    package var isFinite: Bool { isWithin(nil) }

    /// Whether every sample is a number and not above a bound.
    /// - Parameter bound: full scale is 1; `nil` for none.
    func isWithin(_ bound: Double?) -> Bool {
        switch format.avSampleFormat {
        case AV_SAMPLE_FMT_FLTP: areWithin(Float(bound ?? .infinity), planes: format.channels, samples: frameCount)
        case AV_SAMPLE_FMT_FLT: areWithin(Float(bound ?? .infinity), planes: 1, samples: frameCount * format.channels)
        case AV_SAMPLE_FMT_DBLP: areWithin(bound ?? .infinity, planes: format.channels, samples: frameCount)
        case AV_SAMPLE_FMT_DBL: areWithin(bound ?? .infinity, planes: 1, samples: frameCount * format.channels)
        default: true
        }
    }

    /// How many samples are above full scale, which is 1; of integers none is.
    var samplesAboveFullScale: Int {
        switch format.avSampleFormat {
        case AV_SAMPLE_FMT_FLTP: samplesAboveFullScale(Float.self, planes: format.channels, samples: frameCount)
        case AV_SAMPLE_FMT_FLT: samplesAboveFullScale(Float.self, planes: 1, samples: frameCount * format.channels)
        case AV_SAMPLE_FMT_DBLP: samplesAboveFullScale(Double.self, planes: format.channels, samples: frameCount)
        case AV_SAMPLE_FMT_DBL: samplesAboveFullScale(Double.self, planes: 1, samples: frameCount * format.channels)
        default: 0
        }
    }

    private func samplesAboveFullScale<Sample: BinaryFloatingPoint>(_: Sample.Type, planes: Int, samples: Int) -> Int {
        (0..<planes).reduce(0) { count, plane in
            guard let start = UnsafeRawPointer(avs_plane(frame, Int32(plane))) else { return count }
            let values = UnsafeBufferPointer(start: start.assumingMemoryBound(to: Sample.self), count: samples)
            return values.reduce(count) { $0 &+ ($1.magnitude > 1 ? 1 : 0) }
        }
    }

    private func areWithin<Sample: SIMDScalar & BinaryFloatingPoint>(
        _ bound: Sample, planes: Int, samples: Int
    ) -> Bool {
        // What is above the bound becomes infinite.
        let scale = bound.isFinite ? Sample.greatestFiniteMagnitude / bound : 1
        return (0..<planes).allSatisfy { plane in
            guard let start = UnsafeRawPointer(avs_plane(frame, Int32(plane))) else { return true }
            // Nothing times a number is nothing; times anything else it is not a number.
            var (sums, index) = (SIMD8<Sample>(), 0)
            while index + 8 <= samples {
                let eight = start.loadUnaligned(fromByteOffset: index * MemoryLayout<Sample>.stride, as: SIMD8<Sample>.self)
                sums += eight * scale * 0
                index += 8
            }
            var sum = sums.sum()
            while index < samples {
                sum += start.load(fromByteOffset: index * MemoryLayout<Sample>.stride, as: Sample.self) * scale * 0
                index += 1
            }
            return sum == 0
        }
    }
}
