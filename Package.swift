// swift-tools-version: 6.2
import PackageDescription

// The layers of the studio. Every target declares its layer; `checkLayers` at the end of this file stops the build when a
// target imports something its layer may not see.
enum Layer {
    /// One system library: module map and shim, nothing else.
    case cLibrary
    /// Values and small tools that know nothing of the studio: Primitives, Cryptography, YAML.
    case foundation
    /// The messages and documents that cross process boundaries.
    case contracts
    /// One outside facility each: HTTP, NATS, SQLite, blobs, libav.
    case shared
    /// The job engine, which joins messaging, persistence and blobs.
    case jobs
    /// Sees all of Shared.
    case runtime
    /// What a service lets others import.
    case api(service: String)
    /// A service's domain.
    case core(service: String)
    /// Executables: wiring.
    case main
    /// Tests and their support.
    case tests
}

struct Module {
    let name: String
    let layer: Layer
    let path: String
    var imports: [String] = []
    var aptPackage: String? = nil
    var pkgConfig: String? = nil
    var resources: [Resource]? = nil
}

let modules: [Module] = [
    // System libraries
    Module(name: "CSQLite", layer: .cLibrary, path: "Shared/CSQLite", aptPackage: "libsqlite3-dev", pkgConfig: "sqlite3"),
    Module(name: "CNATS", layer: .cLibrary, path: "Shared/CNATS", aptPackage: "libnats-dev", pkgConfig: "libnats"),
    Module(name: "CCurl", layer: .cLibrary, path: "Shared/CCurl", aptPackage: "libcurl4-openssl-dev"),
    Module(name: "CHTTPParser", layer: .cLibrary, path: "Shared/CHTTPParser", aptPackage: "libhttp-parser-dev"),
    Module(
        name: "CLibAV", layer: .cLibrary, path: "Shared/CLibAV",
        aptPackage: "libavformat-dev libavcodec-dev libavfilter-dev libswresample-dev"),
    Module(name: "CEBUR128", layer: .cLibrary, path: "Shared/CEBUR128", aptPackage: "libebur128-dev"),
    Module(name: "COpenSSL", layer: .cLibrary, path: "Shared/COpenSSL", aptPackage: "libssl-dev"),
    Module(name: "CSodium", layer: .cLibrary, path: "Shared/CSodium", aptPackage: "libsodium-dev", pkgConfig: "libsodium"),
    Module(name: "CYAML", layer: .cLibrary, path: "Shared/CYAML", aptPackage: "libyaml-dev"),
    Module(name: "CRubberBand", layer: .cLibrary, path: "Shared/CRubberBand", aptPackage: "librubberband-dev"),
    Module(
        name: "CChromaprint", layer: .cLibrary, path: "Shared/CChromaprint", aptPackage: "libchromaprint-dev",
        pkgConfig: "libchromaprint"),
    Module(name: "CZlib", layer: .cLibrary, path: "Shared/CZlib", aptPackage: "zlib1g-dev", pkgConfig: "zlib"),
    Module(name: "CCairo", layer: .cLibrary, path: "Shared/CCairo", aptPackage: "libcairo2-dev"),
    Module(name: "CASS", layer: .cLibrary, path: "Shared/CASS", aptPackage: "libass-dev libfontconfig-dev"),
    Module(name: "CDeepFilter", layer: .cLibrary, path: "Shared/CDeepFilter"),
    Module(name: "CONNXRuntime", layer: .cLibrary, path: "Shared/CONNXRuntime"),
    Module(name: "CLinux", layer: .cLibrary, path: "Shared/CLinux"),

    // Shared
    Module(name: "Primitives", layer: .foundation, path: "Shared/Primitives", imports: ["CLinux"]),
    Module(name: "Cryptography", layer: .foundation, path: "Shared/Cryptography", imports: ["COpenSSL"]),
    Module(name: "YAML", layer: .foundation, path: "Shared/YAML", imports: ["Primitives", "CYAML"]),
    Module(name: "Contracts", layer: .contracts, path: "Shared/Contracts", imports: ["Primitives"]),
    Module(name: "HTTP", layer: .shared, path: "Shared/HTTP/Messages", imports: ["Primitives", "Cryptography"]),
    Module(
        name: "HTTPServer", layer: .shared, path: "Shared/HTTP/Server",
        imports: ["HTTP", "Primitives", "Cryptography", "CHTTPParser", "CLinux"]),
    Module(
        name: "HTTPClient", layer: .shared, path: "Shared/HTTP/Client",
        imports: ["HTTP", "Primitives", "Cryptography", "CCurl", "CLinux"]),
    Module(name: "Messaging", layer: .shared, path: "Shared/Messaging", imports: ["Primitives", "CNATS"]),
    Module(name: "Persistence", layer: .shared, path: "Shared/Persistence", imports: ["Primitives", "CSQLite"]),
    Module(name: "Blobs", layer: .shared, path: "Shared/Blobs", imports: ["Primitives", "Cryptography"]),
    Module(name: "Media", layer: .shared, path: "Shared/Media", imports: ["Primitives", "CLibAV"]),
    Module(name: "Metering", layer: .shared, path: "Shared/Metering", imports: ["Primitives", "CEBUR128"]),
    Module(name: "Inference", layer: .shared, path: "Shared/Inference", imports: ["Primitives", "CONNXRuntime"]),
    Module(
        name: "Jobs", layer: .jobs, path: "Shared/Jobs",
        imports: ["Primitives", "Contracts", "Cryptography", "Messaging", "Persistence", "Blobs", "CLinux"]),
    Module(
        name: "ServiceRuntime", layer: .runtime, path: "Shared/ServiceRuntime",
        imports: [
            "Primitives", "Contracts", "Cryptography", "YAML", "HTTP", "HTTPServer", "HTTPClient", "Messaging", "Persistence",
            "Blobs", "Jobs", "GatewayAPI", "CLinux",
        ]),
    Module(
        name: "TestSupport", layer: .tests, path: "Shared/TestSupport",
        imports: ["Primitives", "Contracts", "HTTP", "HTTPClient", "HTTPServer", "Messaging", "Jobs"]),

    // Gateway
    Module(
        name: "GatewayAPI", layer: .api(service: "Gateway"), path: "Services/Gateway/API", imports: ["Primitives", "Contracts"]),
    Module(
        name: "ModelProtocols", layer: .core(service: "Gateway"), path: "Services/Gateway/Protocols",
        imports: ["Primitives", "Cryptography"]),
    Module(
        name: "Tokenization", layer: .core(service: "Gateway"), path: "Services/Gateway/Tokenization",
        imports: ["Primitives", "CLinux"]),
    Module(
        name: "ModelRouting", layer: .core(service: "Gateway"), path: "Services/Gateway/Routing",
        imports: ["Primitives", "Cryptography", "YAML", "Persistence"]),
    Module(
        name: "ModelGateway", layer: .core(service: "Gateway"), path: "Services/Gateway/Models",
        imports: [
            "ModelProtocols", "ModelRouting", "Tokenization", "Primitives", "Cryptography", "HTTP", "HTTPClient", "Persistence",
        ]),
    Module(
        name: "Identity", layer: .core(service: "Gateway"), path: "Services/Gateway/Identity",
        imports: ["Primitives", "Contracts", "Cryptography", "HTTP", "Persistence", "CSodium"]),
    Module(
        name: "GatewayCore", layer: .core(service: "Gateway"), path: "Services/Gateway/Core",
        imports: ["GatewayAPI", "Identity", "Primitives", "Contracts", "Cryptography", "Persistence", "Blobs"]),
    Module(
        name: "avstudio-gateway", layer: .main, path: "Services/Gateway/Main",
        imports: [
            "GatewayAPI", "GatewayCore", "Identity", "ModelGateway", "ModelProtocols", "ModelRouting", "Tokenization",
            "ServiceRuntime", "Primitives", "Contracts", "HTTP", "HTTPServer", "HTTPClient", "Messaging", "Persistence", "Blobs",
            "Cryptography", "YAML", "Jobs",
        ]),

    // Audio
    Module(name: "AudioAPI", layer: .api(service: "Audio"), path: "Services/Audio/API", imports: ["Primitives", "Contracts"]),
    Module(
        name: "AudioText", layer: .core(service: "Audio"), path: "Services/Audio/Text",
        imports: ["AudioAPI", "Primitives", "CZlib"]),
    Module(
        name: "AudioSpeech", layer: .core(service: "Audio"), path: "Services/Audio/Speech",
        imports: ["AudioText", "Primitives", "Inference"]),
    Module(
        name: "AudioEffects", layer: .core(service: "Audio"), path: "Services/Audio/Effects",
        imports: ["Primitives", "Contracts", "CRubberBand"]),
    Module(
        name: "AudioEdit", layer: .core(service: "Audio"), path: "Services/Audio/Edit",
        imports: ["AudioAPI", "AudioText", "Primitives", "Media"]),
    Module(
        name: "AudioWatermark", layer: .core(service: "Audio"), path: "Services/Audio/Watermark",
        imports: ["Primitives", "Cryptography", "Media"]),
    Module(
        name: "AudioFingerprint", layer: .core(service: "Audio"), path: "Services/Audio/Fingerprint",
        imports: ["AudioAPI", "Primitives", "Contracts", "Persistence", "Blobs", "Jobs", "CChromaprint"]),
    Module(
        name: "AudioCore", layer: .core(service: "Audio"), path: "Services/Audio/Core",
        imports: [
            "AudioAPI", "AudioEdit", "AudioFingerprint", "AudioWatermark", "AudioEffects", "AudioText", "AudioSpeech", "Primitives",
            "Contracts",
            "Jobs", "Media", "Metering", "Inference",
            "CDeepFilter",
        ]),
    Module(
        name: "avstudio-audio", layer: .main, path: "Services/Audio/Main",
        imports: [
            "AudioCore", "AudioAPI", "AudioFingerprint", "ServiceRuntime", "Primitives", "Contracts", "HTTP", "HTTPServer",
            "Jobs", "Blobs", "Cryptography",
        ]),

    // Video
    Module(name: "VideoAPI", layer: .api(service: "Video"), path: "Services/Video/API", imports: ["Primitives", "Contracts"]),
    Module(
        name: "VideoText", layer: .core(service: "Video"), path: "Services/Video/Text", imports: ["Primitives", "Media", "CASS"]),
    Module(
        name: "VideoCore", layer: .core(service: "Video"), path: "Services/Video/Core",
        imports: [
            "VideoAPI", "VideoText", "AudioAPI", "Primitives", "Contracts", "Cryptography", "HTTP", "HTTPClient", "Jobs", "Media",
            "Metering", "ServiceRuntime",
        ]),
    Module(
        name: "avstudio-video", layer: .main, path: "Services/Video/Main",
        imports: [
            "VideoCore", "VideoAPI", "ServiceRuntime", "Primitives", "Contracts", "HTTP", "HTTPServer", "Jobs", "Blobs",
        ]),

    // Analytics
    Module(
        name: "AnalyticsAPI", layer: .api(service: "Analytics"), path: "Services/Analytics/API",
        imports: ["Primitives", "Contracts"]),
    Module(
        name: "AnalyticsCore", layer: .core(service: "Analytics"), path: "Services/Analytics/Core",
        imports: ["AnalyticsAPI", "Primitives", "Contracts", "Persistence"]),
    Module(
        name: "AnalyticsReport", layer: .core(service: "Analytics"), path: "Services/Analytics/Report",
        imports: ["AnalyticsAPI", "AnalyticsCore", "Primitives", "CCairo"]),
    Module(
        name: "avstudio-analytics", layer: .main, path: "Services/Analytics/Main",
        imports: [
            "AnalyticsAPI", "AnalyticsCore", "AnalyticsReport", "ServiceRuntime", "Primitives", "Contracts", "Cryptography", "HTTP",
            "HTTPServer",
            "Jobs", "Messaging", "Persistence",
        ]),

    // Alerting
    Module(
        name: "AlertingAPI", layer: .api(service: "Alerting"), path: "Services/Alerting/API", imports: ["Primitives", "Contracts"]),
    Module(
        name: "AlertingCore", layer: .core(service: "Alerting"), path: "Services/Alerting/Core",
        imports: [
            "AlertingAPI", "AnalyticsAPI", "Primitives", "Contracts", "Cryptography", "YAML", "HTTP", "HTTPClient", "Persistence",
        ]),
    Module(
        name: "avstudio-alerting", layer: .main, path: "Services/Alerting/Main",
        imports: [
            "AlertingAPI", "AlertingCore", "AnalyticsAPI", "ServiceRuntime", "Primitives", "Contracts", "HTTP", "HTTPServer",
            "HTTPClient", "Jobs", "Messaging", "Persistence", "YAML",
        ]),

    // Command line
    Module(
        name: "CommandLineCore", layer: .main, path: "Services/CommandLine/Core",
        imports: [
            "Primitives", "Contracts", "HTTP", "HTTPClient", "Jobs", "AudioCore", "VideoCore", "GatewayAPI", "Cryptography",
            "ServiceRuntime",
        ]),
    Module(name: "avstudio", layer: .main, path: "Services/CommandLine/Main", imports: ["CommandLineCore"]),

    // Tests
    Module(
        name: "PrimitivesTests", layer: .tests, path: "Tests/PrimitivesTests",
        imports: ["Primitives", "Cryptography", "YAML", "TestSupport"]),
    Module(name: "ContractsTests", layer: .tests, path: "Tests/ContractsTests", imports: ["Contracts", "Primitives"]),
    Module(
        name: "HTTPServerTests", layer: .tests, path: "Tests/HTTPServerTests",
        imports: ["HTTP", "HTTPServer", "Primitives", "TestSupport"]),
    Module(
        name: "HTTPClientTests", layer: .tests, path: "Tests/HTTPClientTests",
        imports: ["HTTP", "HTTPClient", "HTTPServer", "Primitives", "TestSupport"]),
    Module(
        name: "MessagingTests", layer: .tests, path: "Tests/MessagingTests", imports: ["Messaging", "Primitives", "TestSupport"]),
    Module(
        name: "PersistenceTests", layer: .tests, path: "Tests/PersistenceTests",
        imports: ["Persistence", "Primitives", "TestSupport"]),
    Module(
        name: "BlobsTests", layer: .tests, path: "Tests/BlobsTests",
        imports: ["Blobs", "Primitives", "Cryptography", "TestSupport"]),
    Module(name: "MediaTests", layer: .tests, path: "Tests/MediaTests", imports: ["Media", "Primitives", "TestSupport"]),
    Module(
        name: "JobsTests", layer: .tests, path: "Tests/JobsTests",
        imports: ["Jobs", "Contracts", "Primitives", "Messaging", "Persistence", "Blobs", "TestSupport", "CLinux"]),
    Module(
        name: "ServiceRuntimeTests", layer: .tests, path: "Tests/ServiceRuntimeTests",
        imports: [
            "ServiceRuntime", "Jobs", "Blobs", "Messaging", "Contracts", "Primitives", "HTTP", "HTTPServer", "HTTPClient",
            "TestSupport",
        ]),
    Module(
        name: "GatewayCoreTests", layer: .tests, path: "Tests/GatewayCoreTests",
        imports: [
            "GatewayCore", "GatewayAPI", "Identity", "avstudio-gateway", "ServiceRuntime", "HTTP", "HTTPServer", "HTTPClient",
            "Contracts", "Primitives", "Persistence", "Blobs", "Cryptography", "TestSupport",
        ]),
    Module(
        name: "ModelGatewayTests", layer: .tests, path: "Tests/ModelGatewayTests",
        imports: [
            "avstudio-gateway", "GatewayCore", "Identity", "ModelGateway", "ModelProtocols", "ModelRouting", "HTTP", "HTTPClient",
            "HTTPServer",
            "Contracts", "Primitives", "Messaging", "Persistence", "Blobs", "ServiceRuntime", "TestSupport",
        ]),
    Module(
        name: "ModelProtocolsTests", layer: .tests, path: "Tests/ModelProtocolsTests", imports: ["ModelProtocols", "Primitives"]),
    Module(
        name: "ModelRoutingTests", layer: .tests, path: "Tests/ModelRoutingTests",
        imports: ["ModelRouting", "Primitives", "Persistence", "YAML", "TestSupport"]),
    Module(
        name: "IdentityTests", layer: .tests, path: "Tests/IdentityTests",
        imports: ["Identity", "Primitives", "Contracts", "Cryptography", "HTTP", "Persistence", "TestSupport"],
        resources: [.copy("Fixtures")]),
    Module(
        name: "TokenizationTests", layer: .tests, path: "Tests/TokenizationTests",
        imports: ["Tokenization", "Primitives", "TestSupport"],
        resources: [.copy("Fixtures")]),
    Module(name: "avstudio-token-counter", layer: .main, path: "Tests/Benchmarks/TokenCounter", imports: ["Tokenization"]),
    Module(
        name: "AudioCoreTests", layer: .tests, path: "Tests/AudioCoreTests",
        imports: ["AudioCore", "AudioAPI", "AudioEdit", "Jobs", "Media", "Metering", "Contracts", "Primitives", "TestSupport"]),
    Module(
        name: "AudioEditTests", layer: .tests, path: "Tests/AudioEditTests",
        imports: ["AudioEdit", "AudioText", "AudioAPI", "Media", "Primitives", "TestSupport"]),
    Module(
        name: "AudioEffectsTests", layer: .tests, path: "Tests/AudioEffectsTests",
        imports: ["AudioEffects", "Primitives", "TestSupport"]),
    Module(
        name: "AudioAPITests", layer: .tests, path: "Tests/AudioAPITests", imports: ["AudioAPI", "Primitives"]),
    Module(
        name: "AudioTextTests", layer: .tests, path: "Tests/AudioTextTests",
        imports: ["AudioText", "AudioAPI", "Primitives", "TestSupport"]),
    Module(
        name: "InferenceTests", layer: .tests, path: "Tests/InferenceTests", imports: ["Inference", "Primitives", "TestSupport"]),
    Module(
        name: "AudioSpeechTests", layer: .tests, path: "Tests/AudioSpeechTests",
        imports: ["AudioSpeech", "AudioText", "Inference", "Primitives", "TestSupport"]),
    Module(
        name: "AudioWatermarkTests", layer: .tests, path: "Tests/AudioWatermarkTests",
        imports: ["AudioWatermark", "Media", "Primitives", "TestSupport"]),
    Module(
        name: "AudioFingerprintTests", layer: .tests, path: "Tests/AudioFingerprintTests",
        imports: ["AudioFingerprint", "AudioCore", "Persistence", "Blobs", "Jobs", "Primitives", "TestSupport"]),
    Module(
        name: "AudioServiceTests", layer: .tests, path: "Tests/AudioServiceTests",
        imports: ["avstudio-audio", "HTTP", "HTTPServer", "Primitives"]),
    Module(
        name: "VideoTextTests", layer: .tests, path: "Tests/VideoTextTests",
        imports: ["VideoText", "Media", "Primitives", "TestSupport"]),
    Module(
        name: "VideoCoreTests", layer: .tests, path: "Tests/VideoCoreTests",
        imports: [
            "VideoCore", "VideoAPI", "VideoText", "AudioAPI", "Blobs", "HTTP", "HTTPServer", "Jobs", "Media", "Contracts",
            "Primitives", "ServiceRuntime", "TestSupport",
        ]),
    Module(
        name: "AnalyticsCoreTests", layer: .tests, path: "Tests/AnalyticsCoreTests",
        imports: [
            "AnalyticsAPI", "AnalyticsCore", "AnalyticsReport", "avstudio-analytics", "Contracts", "Primitives", "Persistence",
            "Messaging",
            "ServiceRuntime", "HTTP", "HTTPClient", "HTTPServer", "TestSupport",
        ]),
    Module(
        name: "AlertingCoreTests", layer: .tests, path: "Tests/AlertingCoreTests",
        imports: [
            "AlertingAPI", "AlertingCore", "AnalyticsAPI", "avstudio-alerting", "Contracts", "Primitives", "Persistence", "HTTP",
            "HTTPClient", "HTTPServer", "YAML", "Messaging", "ServiceRuntime", "TestSupport",
        ]),
    Module(
        name: "CommandLineTests", layer: .tests, path: "Tests/CommandLineTests",
        imports: ["CommandLineCore", "Contracts", "Primitives", "TestSupport"]),
    Module(
        name: "EndToEndTests", layer: .tests, path: "Tests/EndToEndTests",
        imports: [
            "HTTP", "HTTPClient", "HTTPServer", "Contracts", "Primitives", "Cryptography", "Identity", "Jobs", "Messaging",
            "ServiceRuntime", "TestSupport",
        ]),
]

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    // An async function runs where its caller does: a task of an event loop looks up no executor at each call.
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// Stops the build with the forbidden edge's name when a target imports what its layer may not see.
func checkLayers(_ modules: [Module]) {
    let byName = Dictionary(uniqueKeysWithValues: modules.map { ($0.name, $0) })
    var wrappers: [String: String] = [:]
    for module in modules {
        for name in module.imports {
            guard let imported = byName[name] else { fatalError("Package.swift: \(module.name) imports unknown target \(name)") }
            guard allows(module, importing: imported) else {
                fatalError("Package.swift: layer check: \(module.name) must not import \(name)")
            }
            if case .cLibrary = imported.layer, name != "CLinux" {
                if let other = wrappers[name] {
                    fatalError(
                        "Package.swift: layer check: \(name) is wrapped by \(other) and \(module.name); it must have one wrapper")
                }
                wrappers[name] = module.name
            }
        }
    }
}

func allows(_ module: Module, importing imported: Module) -> Bool {
    switch (module.layer, imported.layer) {
    case (.tests, _), (.cLibrary, .cLibrary): true
    case (_, .tests), (_, .main): module.name == "avstudio" && imported.name == "CommandLineCore"
    case (.cLibrary, _): false
    case (.main, .cLibrary), (.api, .cLibrary), (.contracts, .cLibrary): false
    case (_, .cLibrary): true
    case (.main, _): true
    case (.foundation, .foundation): imported.name == "Primitives"
    case (.foundation, _): false
    case (_, .foundation): true
    case (.contracts, _): false
    case (_, .contracts): true
    case (.shared, .shared): imported.name == "HTTP"
    case (.shared, _): false
    case (.jobs, .shared): ["Messaging", "Persistence", "Blobs"].contains(imported.name)
    case (.jobs, _): false
    case (.runtime, .shared), (.runtime, .jobs), (.runtime, .api): true
    case (.runtime, _): false
    case (.api, _): false
    case (.core(let service), .core(let other)): service == other
    case (.core, .shared), (.core, .jobs), (.core, .runtime), (.core, .api): true
    case (.core, _): false
    }
}

/// A job's process is small beside its program: packed relocations and no table of exported symbols save it 2 MB of 60.
let linking: [LinkerSetting] = [
    .unsafeFlags(
        ["-use-ld=lld", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs", "-Xlinker", "--no-export-dynamic"],
        .when(configuration: .release))
]

/// A call of a model allocates some ninety times; mimalloc takes 8 % of its CPU away. It stands in for the C library's allocator as soon
/// as a program is linked with it. The services' other work allocates little, or keeps large pieces.
let allocator: [LinkerSetting] = [.linkedLibrary("mimalloc")]

func target(_ module: Module) -> Target {
    let dependencies = module.imports.map { Target.Dependency.target(name: $0) }
    switch module.layer {
    case .cLibrary:
        let provider = module.aptPackage.map { [SystemPackageProvider.apt($0.split(separator: " ").map(String.init))] }
        return .systemLibrary(name: module.name, path: module.path, pkgConfig: module.pkgConfig, providers: provider)
    case .main where module.name.hasPrefix("avstudio"):
        return .executableTarget(
            name: module.name, dependencies: dependencies, path: module.path, resources: module.resources, swiftSettings: settings,
            linkerSettings: linking + (module.name == "avstudio-gateway" ? allocator : []))
    case .tests where module.name.hasSuffix("Tests"):
        return .testTarget(
            name: module.name, dependencies: dependencies, path: module.path, resources: module.resources, swiftSettings: settings)
    default:
        return .target(
            name: module.name, dependencies: dependencies, path: module.path, resources: module.resources, swiftSettings: settings)
    }
}

checkLayers(modules)

let package = Package(
    name: "av-studio",
    products: [
        .executable(name: "avstudio", targets: ["avstudio"]),
        .executable(name: "avstudio-gateway", targets: ["avstudio-gateway"]),
        .executable(name: "avstudio-audio", targets: ["avstudio-audio"]),
        .executable(name: "avstudio-video", targets: ["avstudio-video"]),
        .executable(name: "avstudio-analytics", targets: ["avstudio-analytics"]),
        .executable(name: "avstudio-alerting", targets: ["avstudio-alerting"]),
    ],
    targets: modules.map(target)
)
