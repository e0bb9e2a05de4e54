package import Media
package import VideoText

/// A timeline: pictures one after another, text over them, sound beside them. Seconds are those of the document.
package struct Composition: Sendable, Hashable {
    /// How a picture of another shape is brought to the canvas.
    package enum Fit: String, CaseIterable, Sendable {
        /// All of it is seen; the background shows beside it.
        case fit
        /// It fills the canvas; what does not fit is cut off.
        case fill
        /// All of it is seen before a blurred copy of itself.
        case blur
    }

    package struct Canvas: Sendable, Hashable {
        /// Pixels, even.
        package var width = 1920
        package var height = 1080
        package var frameRate = Ratio(30, 1)
        package var background = TextColor(0, 0, 0)
    }

    /// Where a moving camera looks: the middle of what it sees in parts of the picture, and how much larger it shows that.
    package struct View: Sendable, Hashable {
        package var x = 0.5
        package var y = 0.5
        package var zoom = 1.0
    }

    package struct Motion: Sendable, Hashable {
        package var from = View()
        package var to = View()
    }

    /// How a picture comes in, while the one before goes on under it.
    package struct Transition: Sendable, Hashable {
        package enum Kind: String, CaseIterable, Sendable {
            case crossfade
            case wipeLeft = "wipe-left"
            case wipeRight = "wipe-right"
            case wipeUp = "wipe-up"
            case wipeDown = "wipe-down"
            /// Through the background's colour.
            case fade
        }

        package var kind: Kind
        package var duration: Double
    }

    /// What is seen.
    package enum Picture: Sendable, Hashable {
        /// Part of a video, seconds of it; without an end to its last frame.
        case clip(file: String, from: Double, to: Double?)
        case still(file: String, Motion?)
        case color(TextColor)
    }

    package struct Item: Sendable, Hashable {
        package var picture: Picture
        /// Of stills and colours.
        package var duration: Double?
        /// Where it begins; `nil` right after the one before.
        package var start: Double?
        package var fit = Fit.fit
        package var transition: Transition?
        /// dB, of a clip's own sound.
        package var gain = 0.0
        package var isMuted = false
    }

    package struct Title: Sendable, Hashable {
        package var text: String
        package var start: Double
        package var end: Double
        package var fade = 0.0
        package var look: TextSettings
    }

    package struct Sound: Sendable, Hashable {
        package var file: String
        package var start = 0.0
        package var from = 0.0
        package var to: Double?
        package var gain = 0.0
        package var fadeIn = 0.0
        package var fadeOut = 0.0
        package var loops = false
    }

    package struct Track: Sendable, Hashable {
        package var gain = 0.0
        /// Whether others make room while it speaks, and whether it makes room.
        package var speaks = false
        package var ducks = false
        package var sounds: [Sound] = []
    }

    package struct Captions: Sendable, Hashable {
        package var file: String
        package var look: TextSettings
        package var karaoke = Karaoke.off
    }

    package var canvas = Canvas()
    package var items: [Item] = []
    package var titles: [Title] = []
    package var tracks: [Track] = []
    package var captions: Captions?
    /// Seconds in which the end fades to the background.
    package var endFade = 0.0

    /// Names of all files that it needs.
    package var files: Set<String> {
        var names = Set(tracks.flatMap { $0.sounds.map(\.file) })
        for item in items {
            switch item.picture {
            case .clip(let file, _, _), .still(let file, _): names.insert(file)
            case .color: break
            }
        }
        if let captions { names.insert(captions.file) }
        return names
    }
}
