extension AgentData {
  /// The maximum number of expressions.
  static let maximumExpressions = 200_000
  /// The maximum number of bytes of a pattern, and of another text.
  static let maximumPattern = 32_768
  static let maximumText = 500

  /// Checks the form and the sizes of everything; not whether the patterns are expressions.
  ///
  /// - Throws: ``AgentDataError`` for the first problem.
  func checkSizes() throws(AgentDataError) {
    guard format == Self.currentFormat else {
      throw AgentDataError("format \(format): this version reads format \(Self.currentFormat)")
    }
    try Self.check("source", [source])
    try checkLists()
    try checkTables()
    let kinds = devices.map(\.list)
    guard kinds.count == Set(kinds).count else {
      throw AgentDataError("a list of devices is there twice")
    }
    for kind in kinds where DeviceList.Kind(rawValue: kind) == nil {
      throw AgentDataError("devices: \"\(kind.prefix(40))\" is no known list")
    }
    let count = patterns.count
    guard count <= Self.maximumExpressions else {
      throw AgentDataError("\(count) expressions: more than \(Self.maximumExpressions)")
    }
    for pattern in patterns where pattern.utf8.count > Self.maximumPattern {
      throw AgentDataError(
        "an expression of \(pattern.utf8.count) bytes: longer than \(Self.maximumPattern)")
    }
  }

  private func checkLists() throws(AgentDataError) {
    try Self.check("bots", bots.flatMap { [$0.name, $0.category ?? ""] })
    try Self.check("engines", engines.map(\.name))
    for list in programs {
      try Self.check(
        "programs", [list.type] + list.entries.flatMap { [$0.name, $0.version ?? ""] })
    }
    try Self.check(
      "systems",
      systems.flatMap { system in
        [system.name, system.version ?? ""]
          + (system.versions ?? []).flatMap { [$0.name ?? "", $0.version ?? ""] }
      })
    try Self.check(
      "browsers",
      browsers.flatMap { browser in
        [browser.name, browser.version ?? "", browser.engine ?? ""]
          + (browser.engines ?? []).flatMap { $0 }
      })
    for list in devices {
      for brand in list.brands {
        try Self.check("devices", [brand.brand, brand.device ?? "", brand.model ?? ""])
        for model in brand.models ?? [] {
          try Self.check("devices", [model.model ?? "", model.brand ?? "", model.device ?? ""])
        }
      }
    }
    try Self.check("vendors", vendors.map(\.brand))
    for browser in browsers {
      try Self.checkPairs("browsers", browser.engines ?? [])
    }
  }

  private func checkTables() throws(AgentDataError) {
    for (name, table) in [
      ("apps", apps), ("browserApps", browserApps), ("systemHints", systemHints),
      ("fireVersions", fireVersions), ("lineageVersions", lineageVersions),
      ("browserHints", browserHints),
    ] {
      try Self.check(name, Array(table.keys) + table.values)
    }
    for (name, table) in [
      ("systemFamilies", systemFamilies), ("browserFamilies", browserFamilies),
    ] {
      try Self.check(name, Array(table.keys) + table.values.joined())
    }
    for (name, pairs) in [("systemNames", systemNames), ("browserNames", browserNames)] {
      try Self.checkPairs(name, pairs)
      try Self.check(name, pairs.flatMap { $0 })
    }
    try Self.check("desktopFamilies", desktopFamilies)
    try Self.check("mobileBrowsers", mobileBrowsers)
    try Self.check("televisionClients", televisionClients)
  }

  /// Every pattern of the lists.
  private var patterns: [String] {
    bots.map(\.match) + systems.flatMap { [$0.match] + ($0.versions ?? []).map(\.match) }
      + programs.flatMap { $0.entries.map(\.match) } + browsers.map(\.match) + engines.map(\.match)
      + devices.flatMap { list in
        list.brands.flatMap { [$0.match] + ($0.models ?? []).map(\.match) }
      } + vendors.flatMap(\.matches)
  }

  private static func check(_ part: String, _ texts: [String]) throws(AgentDataError) {
    guard texts.count <= 10 * maximumExpressions else {
      throw AgentDataError("\(part): \(texts.count) texts are too many")
    }
    for text in texts where text.utf8.count > maximumText || text.utf8.contains(0) {
      throw AgentDataError(
        "\(part): \"\(text.prefix(40))…\" is longer than \(maximumText) bytes or no text")
    }
  }

  private static func checkPairs(_ part: String, _ pairs: [[String]]) throws(AgentDataError) {
    guard pairs.allSatisfy({ $0.count == 2 }) else {
      throw AgentDataError("\(part): not pairs of texts")
    }
  }
}
