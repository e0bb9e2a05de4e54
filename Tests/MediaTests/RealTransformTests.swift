import Glibc
import Media
import Testing

@Suite struct RealTransformTests {
    /// Lengths that are no powers of two as well: the spectrum is that of the definition, and the inverse gives the samples back.
    @Test(arguments: [16, 48, 80, 240, 256, 768, 1920]) func isTheFourierTransform(length: Int) throws {
        let transform = try RealTransform(length: length)
        let samples = (0..<length).map { Float(sin(Double($0 * $0) * 0.37) + 0.25) }
        for (index, sample) in samples.enumerated() { transform.samples[index] = sample }
        transform.forward()
        for bin in [0, 1, 2, length / 4, length / 2 - 1, length / 2] {
            var (real, imaginary) = (0.0, 0.0)
            for (index, sample) in samples.enumerated() {
                let angle = -2 * Double.pi * Double(bin * index % length) / Double(length)
                real += Double(sample) * cos(angle)
                imaginary += Double(sample) * sin(angle)
            }
            #expect(abs(Double(transform.spectrum[bin].x) - real) < 1e-3, "\(bin)")
            #expect(abs(Double(transform.spectrum[bin].y) - imaginary) < 1e-3, "\(bin)")
        }
        transform.inverse()
        for (index, sample) in samples.enumerated() { #expect(abs(transform.samples[index] - sample) < 1e-5) }
    }

    @Test(arguments: [0, 8, 24, 100, 1000, 7 * 64, 131_072]) func otherLengthsAreRefused(length: Int) {
        #expect(throws: MediaError.self) { _ = try RealTransform(length: length) }
    }

    /// The lengths of published separation networks.
    @Test(arguments: [6144, 7680, 5120]) func separationNetworksHaveTheirLengths(length: Int) throws {
        let transform = try RealTransform(length: length)
        for index in 0..<length { transform.samples[index] = cosf(2 * .pi * 100 * Float(index) / Float(length)) }
        transform.forward()
        #expect(abs(transform.spectrum[100].x - Float(length) / 2) < 1)
        #expect(abs(transform.spectrum[101].x) < 1)
    }
}
