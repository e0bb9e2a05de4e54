import Glibc
import Primitives
import TestSupport
import Testing

@testable import AudioEffects

@Suite(.computing) struct SpaceTests {
    @Test(arguments: [1, 5, 256, 700, 5000], [1, 700, 3000])
    func convolutionIsTheDirectOne(_ length: Int, _ frames: Int) throws {
        let response = ImpulseResponse(
            sampleRate: 48_000, channels: [noise(length, amplitude: 0.1, seed: 5), noise(length, amplitude: 0.1, seed: 6)])
        let input = [noise(frames), noise(frames, seed: 2)]
        let output = try render(
            chain(["type": "convolution", "impulse": "h", "mix": 1, "normalize": false]), input, impulses: ["h": response])
        let direct = (0..<2).map { channel in
            input[channel].withUnsafeBufferPointer { x in
                response.channels[channel].withUnsafeBufferPointer { h in
                    stride(from: 0, to: frames, by: 7).map { n in
                        var sum = 0.0
                        for k in 0...min(n, length - 1) { sum += Double(h[k]) * Double(x[n - k]) }
                        return Float(sum)
                    }
                }
            }
        }
        let sampled = output.map { channel in stride(from: 0, to: channel.count, by: 7).map { channel[$0] } }
        #expect(difference(sampled, direct) < 2e-5)
    }

    @Test func oneResponseServesAllChannels() throws {
        let input = (0..<4).map { noise(900, seed: UInt64($0 + 1)) }
        let document = chain(["type": "convolution", "impulse": "h", "mix": 1])
        let all = try render(document, input, impulses: ["h": room()])
        let third = try render(document, [input[2]], impulses: ["h": room()])
        #expect(difference([all[2]], third) < 1e-6)
    }

    static let unsuitable: [(ImpulseResponse?, ChainFault.Reason)] = [
        (nil, .missingImpulse), (ImpulseResponse(sampleRate: 48_000, channels: []), .unsuitableImpulse),
        (ImpulseResponse(sampleRate: 48_000, channels: [[]]), .unsuitableImpulse),
        (ImpulseResponse(sampleRate: 48_000, channels: [[.nan]]), .unsuitableImpulse),
        (ImpulseResponse(sampleRate: 44_100, channels: [[1]]), .unsuitableImpulse),
        (ImpulseResponse(sampleRate: 48_000, channels: [[1], [1], [1]]), .unsuitableImpulse),
        (ImpulseResponse(sampleRate: 48_000, channels: [[1], [1, 2]]), .unsuitableImpulse),
    ]

    @Test(arguments: unsuitable.indices) func unsuitableResponsesAreRefused(_ index: Int) throws {
        let (response, reason) = Self.unsuitable[index]
        let error = #expect(throws: ChainError.self) {
            try render(
                chain(["type": "gain"], ["type": "convolution", "impulse": "h"]), [noise(10), noise(10)],
                impulses: response.map { ["h": $0] } ?? [:])
        }
        #expect(error?.faults.map(\.pointer) == ["/effects/1/impulse"])
        #expect(error?.faults.first?.reason == reason)
    }

    @Test(arguments: [32, 64, 512, 4096]) func transformIsThatOfFourier(_ length: Int) {
        let (transform, signal) = (RealFFT(length: length), noise(length))
        var (real, imaginary) = ([Float](repeating: 0, count: length / 2), [Float](repeating: 0, count: length / 2))
        transform.forward(signal, real: &real, imaginary: &imaginary)
        for k in [1, 2, 7, length / 4, length / 2 - 1] {
            var (re, im) = (0.0, 0.0)
            for n in 0..<length {
                let angle = -2 * Double.pi * Double(k * n % length) / Double(length)
                re += Double(signal[n]) * cos(angle)
                im += Double(signal[n]) * sin(angle)
            }
            #expect(abs(Double(real[k]) - re) < 1e-4 && abs(Double(imaginary[k]) - im) < 1e-4, "bin \(k)")
        }
        let signs = signal.enumerated().reduce(Float(0)) { $0 + ($1.offset % 2 == 0 ? $1.element : -$1.element) }
        #expect(abs(real[0] - signal.reduce(0, +)) < 1e-4 && abs(imaginary[0] - signs) < 1e-4)
        var back = [Float](repeating: 0, count: length)
        transform.inverse(real: real, imaginary: imaginary, &back)
        #expect(difference([back], [signal]) < 1e-6)
    }

    @Test(arguments: [0.4, 1.0]) func reverberationDecaysInItsTime(_ decay: Double) throws {
        let document = chain([
            "type": "reverb", "mix": 1, "decay_seconds": .number(decay), "damping_hz": 20_000, "low_cut_hz": 10, "pre_delay_ms": 0,
        ])
        let frames = Int(decay * 16_000)
        let output = try render(document, [impulse(frames, at: 0)], sampleRate: 16_000)[0]
        // The slope between a quarter and three quarters of the time.
        let window = frames / 8
        let early = decibels(rms(output[frames / 4..<frames / 4 + window]))
        let late = decibels(rms(output[frames * 3 / 4..<frames * 3 / 4 + window]))
        #expect(abs(early - late - 30) < 4)
    }

    @Test func reverberationIsAsLoudAsItsInputAndDiffersBetweenSides() throws {
        let input = noise(24_000, amplitude: 0.2)
        let document = chain(["type": "reverb", "mix": 1, "decay_seconds": 0.5, "low_cut_hz": 10, "damping_hz": 20_000])
        let output = try render(document, [input, input], sampleRate: 16_000)
        let (left, right) = (output[0].suffix(8000), output[1].suffix(8000))
        #expect(abs(decibels(rms(left) / rms(input.suffix(8000)))) < 4)
        let product = zip(left, right).reduce(0.0) { $0 + Double($1.0) * Double($1.1) } / 8000
        #expect(abs(product / (rms(left) * rms(right))) < 0.5)
    }

    @Test func echoesComeInTime() throws {
        let document = chain(["type": "delay", "time_ms": 10, "feedback": 0.5, "mix": 0.5, "high_cut_hz": 20_000])
        let output = try render(document, [impulse(2000, at: 0)])[0]
        #expect(output[0] == 0.5)
        let echoes = [480, 960, 1440].map { Double(output[$0]) }
        #expect(echoes[0] > 0.4 && peak(output[1..<480]) == 0)
        #expect(abs(echoes[1] / echoes[0] - 0.5) < 0.08 && abs(echoes[2] / echoes[1] - 0.5) < 0.08)
    }
}
