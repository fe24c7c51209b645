/// A file of data made ready: its lists with the numbers of their expressions, its tables as
/// dictionaries.
final class AgentRules: Sendable {
  /// Entries, and the numbers of their expressions in the same order.
  struct List<Entry: Sendable>: Sendable {
    let entries: [Entry]
    let numbers: Range<Int>

    /// The first entry that matches a text.
    func first(in text: MatchedText) -> (entry: Entry, match: AgentMatch)? {
      text.first(of: numbers).map { (entries[$0.place], $0.match) }
    }
  }

  struct SystemEntry: Sendable {
    let name: String
    let version: String
    let variants: List<AgentData.System.Variant>
  }

  struct BrandEntry: Sendable {
    let brand: String
    let kind: AgentDeviceKind?
    let model: String
    let models: List<AgentData.Model>
  }

  let bots: List<AgentData.Bot>
  let systems: List<SystemEntry>
  let programs: [(type: String, list: List<AgentData.Program>)]
  let browsers: List<AgentData.Browser>
  let engines: List<AgentData.Program>
  let devices: [AgentData.DeviceList.Kind: List<BrandEntry>]
  let vendors: List<String>
  /// The expressions that find an engine's version, by the engine.
  let engineVersions: [String: Int]
  /// The first of the expressions of ``AgentFragment``.
  private let firstFragment: Int
  let expressions: ExpressionSet

  let systemNames: CodedNames
  let browserNames: CodedNames
  let systemHints: [String: String]
  let browserHints: [String: String]
  let desktopFamilies: Set<String>
  let mobileBrowsers: Set<String>
  let televisionClients: Set<String>
  let apps: [String: String]
  let browserApps: [String: String]
  let fireVersions: [String: String]
  let lineageVersions: [String: String]

  init(_ data: AgentData) {
    var builder = ExpressionSetBuilder()
    bots = List(entries: data.bots, numbers: builder.add(data.bots.map(\.match)))
    systems = Self.systems(data.systems, &builder)
    programs = data.programs.map { list in
      (list.type, List(entries: list.entries, numbers: builder.add(list.entries.map(\.match))))
    }
    browsers = List(entries: data.browsers, numbers: builder.add(data.browsers.map(\.match)))
    engines = List(entries: data.engines, numbers: builder.add(data.engines.map(\.match)))
    var devices: [AgentData.DeviceList.Kind: List<BrandEntry>] = [:]
    for list in data.devices {
      guard let kind = AgentData.DeviceList.Kind(rawValue: list.list) else { continue }
      devices[kind] = Self.brands(list.brands, &builder)
    }
    self.devices = devices
    // A fragment of a vendor ends where its letters and digits do.
    let fragments = data.vendors.flatMap { vendor in vendor.matches.map { (vendor.brand, $0) } }
    vendors = List(
      entries: fragments.map(\.0), numbers: builder.add(fragments.map { "\($0.1)[^a-z0-9]+" }))
    var engineVersions: [String: Int] = [:]
    let named =
      data.engines.map(\.name)
      + data.browsers.flatMap { browser in
        [browser.engine ?? ""] + (browser.engines ?? []).compactMap(\.last)
      }
    for engine in Set(named + ["Blink"]).sorted() where !engine.isEmpty {
      engineVersions[engine] = builder.add(EngineVersion.pattern(engine), .none)
    }
    self.engineVersions = engineVersions
    firstFragment = builder.sources.count
    for fragment in AgentFragment.allCases {
      _ = builder.add(fragment.pattern.text, fragment.pattern.boundary)
    }
    expressions = ExpressionSet(builder.sources)

    systemNames = CodedNames(data.systemNames, families: data.systemFamilies)
    browserNames = CodedNames(data.browserNames, families: data.browserFamilies)
    systemHints = Self.lowered(data.systemHints)
    browserHints = Self.lowered(data.browserHints)
    desktopFamilies = Set(data.desktopFamilies)
    mobileBrowsers = Set(data.mobileBrowsers)
    televisionClients = Set(data.televisionClients)
    apps = data.apps
    browserApps = data.browserApps
    fireVersions = data.fireVersions
    lineageVersions = data.lineageVersions
  }

  /// The number of a fragment's expression.
  func number(_ fragment: AgentFragment) -> Int { firstFragment + fragment.rawValue }

  private static func systems(
    _ systems: [AgentData.System], _ builder: inout ExpressionSetBuilder
  ) -> List<SystemEntry> {
    let numbers = builder.add(systems.map(\.match))
    let entries = systems.map { system in
      let variants = system.versions ?? []
      return SystemEntry(
        name: system.name, version: system.version ?? "",
        variants: List(entries: variants, numbers: builder.add(variants.map(\.match))))
    }
    return List(entries: entries, numbers: numbers)
  }

  private static func brands(
    _ brands: [AgentData.Brand], _ builder: inout ExpressionSetBuilder
  ) -> List<BrandEntry> {
    let numbers = builder.add(brands.map(\.match))
    let entries = brands.map { brand in
      let models = brand.models ?? []
      return BrandEntry(
        brand: brand.brand, kind: brand.device.flatMap(AgentDeviceKind.init(rawValue:)),
        model: brand.model ?? "",
        models: List(entries: models, numbers: builder.add(models.map(\.match))))
    }
    return List(entries: entries, numbers: numbers)
  }

  private static func lowered(_ table: [String: String]) -> [String: String] {
    Dictionary(table.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
  }
}
