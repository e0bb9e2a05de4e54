import Glibc
import TestSupport
import Testing

@testable import AudioSpeech

@Suite(.computing) struct LogMelSpectrogramTests {
    /// Noise from a linear congruential generator with bursts of a tone, as the reference was computed from.
    private func signal(_ count: Int) -> [Float] {
        var state = 12345
        return (0..<count).map { index in
            state = (state * 1_103_515_245 + 12345) & 0x7fff_ffff
            let noise = Double((state >> 16) & 0x7fff) / 32768 - 0.5
            let tone = index % 8000 < 4000 ? sin(2 * .pi * 440 * Double(index) / 16000) : 0
            return Float(0.1 * noise + 0.5 * tone)
        }
    }

    /// Values of numpy's FFT in double precision with openai/whisper's definition; they agree with faster-whisper's within 2e-6.
    @Test(arguments: [
        (80, 1122.6764, [0.980787, -0.560541, 0.343861, 1.349671, 0.353333, 0.395629, 0.334774, -0.393597, 0.301669]),
        (128, 1727.0026, [0.905028, -0.513401, 0.302028, 0.456114, 0.377099, 0.42815, 0.379953, -0.470451, 0.390962]),
    ])
    func agreesWithTheReference(bands: Int, sum: Double, values: [Float]) {
        let places = [(0, 0), (0, 59), (5, 10), (10, 24), (10, 30), (40, 3), (79, 49), (79, 51), (33, 47)]
        let mel = signal(8000).withUnsafeBufferPointer { LogMelSpectrogram(bands: bands).columns(60, of: $0) }
        #expect(mel.count == bands * 60)
        #expect(abs(mel.reduce(0) { $0 + Double($1) } - sum) < 0.1)
        for (place, value) in zip(places, values) {
            #expect(abs(mel[place.0 * 60 + place.1] - value) < 1e-3, "band \(place.0), column \(place.1)")
        }
    }

    @Test(arguments: [0, 1, 199, 161])
    func fillsWithSilence(count: Int) {
        let mel = [Float](repeating: 0, count: count).withUnsafeBufferPointer { LogMelSpectrogram().columns(4, of: $0) }
        #expect(mel.allSatisfy { $0 == (-10 + 4) / 4 })
    }

    @Test func takesWhatIsNotFiniteAsSilence() {
        let samples: [Float] = [.nan, .infinity, -.infinity, .greatestFiniteMagnitude, 0.1] + signal(600)
        let mel = samples.withUnsafeBufferPointer { LogMelSpectrogram().columns(6, of: $0) }
        #expect(mel.allSatisfy { $0.isFinite })
    }

    @Test func transformsEveryLaneOfItsOwn() {
        let size = FourierTransform.size
        typealias Lanes = FourierTransform.Lanes
        var real = (0..<size).map { Lanes(repeating: Float(($0 * 7919) % 31) / 31 - 0.5) }
        for index in 0..<size { real[index][3] = index == 5 ? 1 : 0 }
        var imaginary = (0..<size).map { Lanes(repeating: Float(($0 * 104_729) % 17) / 17 - 0.5) }
        for index in 0..<size { imaginary[index][3] = 0 }
        let (x, y) = (real, imaginary)
        var scratch = [Lanes](repeating: .zero, count: 2 * size)
        FourierTransform().run(real: &real, imaginary: &imaginary, scratch: &scratch)
        for bin in [0, 1, 37, 200, 399] {
            for lane in [0, 3] {
                var (sumR, sumI) = (0.0, 0.0)
                for index in 0..<size {
                    let angle = -2 * Double.pi * Double(bin * index % size) / Double(size)
                    sumR += Double(x[index][lane]) * cos(angle) - Double(y[index][lane]) * sin(angle)
                    sumI += Double(x[index][lane]) * sin(angle) + Double(y[index][lane]) * cos(angle)
                }
                #expect(abs(Double(real[bin][lane]) - sumR) < 1e-3 && abs(Double(imaginary[bin][lane]) - sumI) < 1e-3)
            }
        }
    }
}
