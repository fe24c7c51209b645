/// The content of a file of data about user agents, as `scripts/agent-data` makes it.
///
/// Patterns are regular expressions (`match`), names and versions templates with their groups
/// (`$1`). Lists are tried in their order.
package struct AgentData: Sendable, Codable {
  /// The form of the file; ``AgentData/currentFormat``.
  var format: Int
  /// The package and version that it was made of.
  package var source: String
  var bots: [Bot]
  var systems: [System]
  /// The lists of programs that are no browsers.
  var programs: [ProgramList]
  var browsers: [Browser]
  var engines: [Program]
  var devices: [DeviceList]
  var vendors: [Vendor]
  /// Names of apps by their identifiers, and those of browsers.
  var apps: [String: String]
  var browserApps: [String: String]
  /// Pairs of code and name.
  var systemNames: [[String]]
  /// The codes of each family.
  var systemFamilies: [String: [String]]
  /// The list's name of a system by the name that client hints use.
  var systemHints: [String: String]
  var desktopFamilies: [String]
  /// Versions of Fire OS and Lineage OS by the versions of Android.
  var fireVersions: [String: String]
  var lineageVersions: [String: String]
  /// Pairs of code and name.
  var browserNames: [[String]]
  var browserFamilies: [String: [String]]
  var browserHints: [String: String]
  /// The codes of browsers that there are for mobile devices only.
  var mobileBrowsers: [String]
  /// The names of programs that run on televisions only.
  var televisionClients: [String]

  /// The form that this version reads.
  static let currentFormat = 1

  struct Bot: Sendable, Codable {
    var match: String
    var name: String
    var category: String?
  }

  struct Program: Sendable, Codable {
    var match: String
    var name: String
    var version: String?
  }

  struct ProgramList: Sendable, Codable {
    var type: String
    var entries: [Program]
  }

  struct System: Sendable, Codable {
    var match: String
    var name: String
    var version: String?
    var versions: [Variant]?

    /// A version that is told by an expression of its own.
    struct Variant: Sendable, Codable {
      var match: String
      var name: String?
      var version: String?
    }
  }

  struct Browser: Sendable, Codable {
    var match: String
    var name: String
    var version: String?
    var engine: String?
    /// Pairs of the version from which on a browser has an engine, and the engine.
    var engines: [[String]]?
  }

  struct DeviceList: Sendable, Codable {
    /// ``Kind``'s raw value.
    var list: String
    var brands: [Brand]

    enum Kind: String, CaseIterable {
      case televisions, notebooks, consoles, cameras, mobiles
      case shellTelevisions = "shell_tv"
      case cars = "car_browsers"
      case players = "portable_media_player"
    }
  }

  struct Brand: Sendable, Codable {
    var brand: String
    var match: String
    var device: String?
    var model: String?
    var models: [Model]?
  }

  struct Model: Sendable, Codable {
    var match: String
    var model: String?
    var brand: String?
    var device: String?
  }

  struct Vendor: Sendable, Codable {
    var brand: String
    var matches: [String]
  }
}
