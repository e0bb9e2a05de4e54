/// The impulse response of a room or a device, given to `convolution` effects by name.
package struct ImpulseResponse: Sendable {
    package let sampleRate: Double
    /// The samples of each channel.
    package let channels: [[Float]]

    /// - Parameters:
    ///   - sampleRate: Hz; it must be that of the audio.
    ///   - channels: the samples of each channel, all of one length; one channel serves for any number.
    package init(sampleRate: Double, channels: [[Float]]) {
        (self.sampleRate, self.channels) = (sampleRate, channels)
    }

    /// Seconds.
    var duration: Double { sampleRate > 0 ? Double(channels.first?.count ?? 0) / sampleRate : 0 }
}
