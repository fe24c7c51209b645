// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A library with its test target beside it; the tests see the shared test support.
///
/// - Parameter isOptimized: Whether debug builds optimize it too, because it would be too slow for the tests otherwise.
func module(
  _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil,
  tests: [Target.Dependency] = [], isOptimized: Bool = false
) -> [Target] {
  [
    .target(
      name: name, dependencies: dependencies, resources: resources,
      swiftSettings: settings
        + (isOptimized ? [.unsafeFlags(["-O"], .when(configuration: .debug))] : [])),
    .testTarget(
      name: "\(name)Tests",
      dependencies: [.target(name: name), "TestSupport"] + dependencies + tests,
      swiftSettings: settings),
  ]
}

/// A thin main.
func executable(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// A C library of the system.
func system(_ name: String, _ package: String, apt: String) -> Target {
  .systemLibrary(name: name, pkgConfig: package, providers: [.apt([apt])])
}

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let lifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(
  name: "UnixSignals", package: "swift-service-lifecycle")
let arguments = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let configuration = Target.Dependency.product(
  name: "Configuration", package: "swift-configuration")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")

let package = Package(
  name: "martlet",
  products: [
    .executable(name: "martlet", targets: ["martlet"]),
    .executable(name: "martlet-api", targets: ["martlet-api"]),
    .executable(name: "martlet-worker", targets: ["martlet-worker"]),
    .executable(name: "martlet-scheduler", targets: ["martlet-scheduler"]),
    .library(name: "JobQueue", targets: ["JobQueue"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
    .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
  ],
  targets: [
    system("CHiredis", "hiredis", apt: "libhiredis-dev"),
    system("CLibPQ", "libpq", apt: "libpq-dev"),
    system("CSodium", "libsodium", apt: "libsodium-dev"),
    system("CZlib", "zlib", apt: "zlib1g-dev"),
    system("COpenSSL", "libcrypto", apt: "libssl-dev"),
    system("CXlsxWriter", "xlsxwriter", apt: "libxlsxwriter-dev"),
    system("CCurl", "libcurl", apt: "libcurl4-openssl-dev"),
    system("CQREncode", "libqrencode", apt: "libqrencode-dev"),
    system("CPCRE2", "libpcre2-8", apt: "libpcre2-dev"),

    // Lists of synthetic contacts, and the records of an example, for trying out, for tests and for benchmarks.
    .target(
      name: "Sample", resources: [.embedInCode("Records/records.json")], swiftSettings: settings),
    .testTarget(
      name: "SampleTests", dependencies: ["Sample", "Primitives"], swiftSettings: settings),

    // The tables of contacts for tests, assembled from the modules that own them.
    .target(
      name: "TestSchema", dependencies: ["Contacts", "Segments", "Imports", "Points", "Postgres"],
      path: "Tests/TestSchema", swiftSettings: settings),

    // A bucket in memory that checks signatures by itself.
    .target(
      name: "ObjectStub", dependencies: ["COpenSSL", "TestSupport"], path: "Tests/ObjectStub",
      swiftSettings: settings),

    // A provider of OpenID Connect that signs by libcrypto itself.
    .target(
      name: "OpenIDStub", dependencies: ["COpenSSL", "Primitives", "TestSupport"],
      path: "Tests/OpenIDStub", swiftSettings: settings),

    // What a test needs: its own database, its own Redis prefix, waiting for a condition.
    .target(
      name: "TestSupport", dependencies: ["JobQueue", "Postgres", "Redis", "Primitives", logging],
      path: "Tests/TestSupport", swiftSettings: settings),
  ]
    + module("Primitives", ["COpenSSL"])
    + module("Redis", ["CHiredis", "Primitives", logging, metrics])
    + module("Postgres", ["CLibPQ", "Primitives", logging, metrics])
    + module("JobQueue", ["Redis", "Postgres", "Primitives", logging, metrics, tracing, lifecycle])
    + module(
      "Users", ["CSodium", "JobQueue", "Postgres", "Primitives"],
      tests: ["TestSchema", "Contacts"])
    + module(
      "OAuth", ["CSodium", "Users", "JobQueue", "Postgres", "Primitives"],
      tests: ["TestSchema", "Contacts"])
    + module(
      "OpenID",
      [
        "COpenSSL", "CSodium", "Transfer", "Users", "JobQueue", "Postgres", "Primitives",
      ],
      tests: ["TestSchema", "Contacts", "OpenIDStub"])
    + module("CSV", ["Primitives"])
    + module("UserAgents", ["CPCRE2", "Primitives"], isOptimized: true)
    + module("Places", ["Primitives"])
    + module(
      "Fields", ["Users", "JobQueue", "Postgres", "Primitives"],
      tests: ["TestSchema", "Contacts", "Segments", logging])
    + module(
      "Query", ["Fields", "Postgres", "Primitives"], tests: ["TestSchema", "Contacts", "Users"])
    + module(
      "Contacts",
      ["UserAgents", "Query", "Fields", "Users", "JobQueue", "Postgres", "Primitives"],
      tests: ["TestSchema", "Segments", "Imports", logging])
    + module(
      "Imports",
      [
        "CSV", "Segments", "Contacts", "Query", "Fields", "Users", "JobQueue", "Postgres",
        "Primitives", logging, metrics,
      ],
      tests: ["TestSchema"])
    + module(
      "Segments",
      [
        "Contacts", "Query", "Fields", "Users", "JobQueue", "Postgres", "Primitives", logging,
        lifecycle,
      ],
      tests: ["TestSchema", "Imports"])
    + module("Transfer", ["CCurl", "Primitives"])
    + module("ObjectStore", ["Transfer", "Primitives"], tests: ["ObjectStub"])
    + module(
      "Mail",
      [
        "Transfer", "CSodium", "Segments", "Contacts", "Query", "Fields", "Users", "JobQueue",
        "Redis", "Postgres", "Primitives", logging, metrics, lifecycle,
      ],
      tests: ["TestSchema"])
    + module(
      "Channels",
      ["Mail", "Contacts", "Query", "JobQueue", "Postgres", "Primitives"],
      tests: ["TestSchema", "Segments", "Points", "Users"])
    + module(
      "Points",
      ["Mail", "Segments", "Contacts", "Query", "Users", "JobQueue", "Postgres", "Primitives"],
      tests: ["TestSchema", "Imports", "Fields", logging])
    + module(
      "Forms",
      [
        "Assets", "Mail", "Points", "Transfer", "Segments", "Contacts", "Query", "Fields", "Users",
        "JobQueue", "Postgres", "Primitives", logging,
      ],
      resources: [
        .embedInCode("Resources/mautic-form.css"), .embedInCode("Resources/mautic-form.js"),
      ],
      tests: ["TestSchema"])
    + module(
      "Tracking",
      [
        "Points", "Mail", "Segments", "Contacts", "Fields", "Users", "UserAgents", "JobQueue",
        "Redis", "Postgres", "Primitives", logging, lifecycle,
      ],
      resources: [
        .embedInCode("Script/mtc.js"), .embedInCode("Script/mtc-lite.js"),
        .embedInCode("Script/mtc-video.js"),
      ],
      tests: ["TestSchema"])
    + module(
      "Focus",
      ["Mail", "Contacts", "Query", "JobQueue", "Postgres", "Primitives"],
      resources: [.embedInCode("Script/focus.css"), .embedInCode("Script/focus.js")])
    + module(
      "DynamicContents",
      [
        "Mail", "Segments", "Contacts", "Query", "Fields", "JobQueue", "Postgres", "Primitives",
        logging,
      ],
      tests: ["TestSchema", "Users"])
    + module(
      "Campaigns",
      [
        "DynamicContents", "Forms", "Tracking", "Mail", "Points", "Transfer", "Segments",
        "Contacts", "Query",
        "Fields", "Users",
        "JobQueue", "Postgres", "Redis", "Primitives", logging, metrics, lifecycle,
      ],
      tests: ["TestSchema", "Focus"])
    + module(
      "Webhooks",
      [
        "Transfer", "CSodium", "Segments", "Contacts", "Query", "Users", "JobQueue", "Postgres",
        "Primitives", logging, lifecycle,
      ],
      tests: ["TestSchema", "Points", "Fields"])
    + module(
      "Assets",
      [
        "Points", "ObjectStore", "Segments", "Contacts", "Query", "JobQueue", "Postgres",
        "Primitives",
      ],
      tests: ["TestSchema", "ObjectStub", "Mail", "Fields", "Users"])
    + module(
      "Pages",
      [
        "Assets", "Forms", "Tracking", "Mail", "Contacts", "Query", "Fields", "JobQueue",
        "Postgres", "Primitives",
      ],
      tests: ["TestSchema", "Segments", "Points", "Transfer", "Users"])
    + module(
      "Reports",
      [
        "Mail", "Contacts", "Query", "Fields", "Users", "JobQueue", "Postgres", "Primitives",
      ],
      tests: [
        "TestSchema", "Campaigns", "Segments", "Assets", "DynamicContents", "Focus", "Forms",
        "Imports", "Pages", "Points",
        "Tracking", "Webhooks",
      ])
    + module("Themes", ["CZlib", "Contacts", "Users", "JobQueue", "Postgres", "Primitives"])
    + module(
      "Exports",
      [
        "CXlsxWriter", "CZlib", "CSV", "Segments", "Contacts", "Query", "Fields", "Users",
        "JobQueue", "Postgres", "Primitives", logging, metrics,
      ],
      tests: ["TestSchema"])
    + module(
      "Runtime",
      [
        "Contacts", "OpenID", "Users", "ObjectStore", "Redis", "Postgres", "JobQueue",
        "Primitives", logging,
        metrics, lifecycle, configuration, hummingbird, nio,
      ],
      tests: ["TestSchema"])
    + module(
      "API",
      [
        "Pages", "Assets", "DynamicContents", "Focus", "Webhooks", "Campaigns", "Forms", "Tracking",
        "Channels", "Themes", "Reports", "Mail",
        "Points", "CSV", "Imports", "Exports", "Segments", "Contacts", "Query", "Fields", "OAuth",
        "OpenID", "Users",
        "UserAgents", "ObjectStore",
        "JobQueue", "Postgres", "Redis", "Primitives", "CSodium", "CZlib", "CQREncode", hummingbird,
        httpTypes,
        nio, nioHTTP1, nioHTTPTypes, lifecycle, logging, metrics,
      ],
      tests: ["TestSchema", "ObjectStub", "OpenIDStub"])
    + module(
      "Console",
      [
        "API", "Users", "JobQueue", "Primitives", mustache, hummingbird, httpTypes, lifecycle,
      ],
      resources: [.embedInCode("Web"), .embedInCode("Texts/de.json")], tests: [])
    + module(
      "Processes",
      [
        "Console", "API", "Pages", "Assets", "DynamicContents", "Focus", "Webhooks", "Campaigns",
        "Forms",
        "Tracking",
        "Channels", "Themes", "Reports", "Mail", "Points", "Imports", "Exports", "Segments",
        "Contacts", "Query", "Fields", "OAuth", "OpenID", "Users",
        "UserAgents",
        "Places", "ObjectStore", "JobQueue", "Runtime", "Postgres", "Redis", "Primitives",
        lifecycle, unixSignals, logging, metrics,
      ])
    + module(
      "Commands",
      [
        "Processes", "Bench", "Sample", "Webhooks", "Campaigns", "Imports",
        "Exports", "Segments",
        "Contacts", "Fields", "OAuth", "OpenID", "Users", "UserAgents", "Mail", "Tracking",
        "Transfer", "JobQueue",
        "Runtime", "Postgres", "Primitives", logging, arguments,
      ])
    + [
      .target(
        name: "Bench",
        dependencies: [
          "Sample", "API", "Assets", "DynamicContents", "Campaigns", "Forms", "Tracking", "Mail",
          "Points", "Imports",
          "Exports", "Reports",
          "Segments",
          "Contacts", "Fields", "Users", "JobQueue", "Transfer", "Redis", "Postgres", "Primitives",
          "CHiredis", histogram, hummingbird, nio, logging,
        ],
        swiftSettings: settings),
      executable("martlet-api", ["Processes"]),
      executable("martlet-worker", ["Processes"]),
      executable("martlet-scheduler", ["Processes"]),
      executable("martlet", ["Commands"]),
      .testTarget(
        name: "BenchTests", dependencies: ["Bench", "TestSupport"], swiftSettings: settings),
      // Pages of other sites, in a real browser.
      .testTarget(
        name: "BrowserTests", dependencies: ["Transfer", "Primitives", "TestSupport"],
        swiftSettings: settings),
      // The promises, tried with real processes.
      .testTarget(
        name: "PromisesTests",
        dependencies: [
          "Sample", "Campaigns", "Mail", "Points", "Imports", "Exports", "Segments", "Contacts",
          "Fields", "Users", "JobQueue", "Transfer", "Primitives", "TestSupport",
        ],
        swiftSettings: settings),
    ],
  swiftLanguageModes: [.v6]
)

// Some targets alone, which their names in the environment tell: for `scripts/sanitize`.
if let names = Context.environment["MARTLET_TARGETS"]?.split(separator: " ").map(String.init) {
  package.products = []
  package.targets = package.targets.filter { names.contains($0.name) }
}
