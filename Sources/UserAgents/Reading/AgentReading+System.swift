/// The operating system: what the hints say goes before what the agent says, unless the agent is
/// known to be the more exact.
extension AgentReading {
  private struct Found {
    var name = ""
    var code = ""
    var version = ""
  }

  func system() -> AgentDescription.System? {
    let hinted = hintedSystem()
    let named = namedSystem()
    var system = hinted.name.isEmpty ? named : merged(hinted, named)
    guard !system.name.isEmpty else { return nil }
    var family = rules.systemNames.family(ofCode: system.code)
    if let app = systemOfApp(system) { (system, family) = (app, "Android") }
    return AgentDescription.System(
      name: system.name, code: rules.systemNames.exactly(system.name)?.code ?? system.code,
      version: system.version, platform: platform(), family: family)
  }

  /// The system that the agent names.
  private func namedSystem() -> Found {
    guard let (entry, match) = rules.systems.first(in: restored) else { return Found() }
    func named(_ template: String, _ match: AgentMatch) -> Found {
      let name = match.fill(template)
      let known = rules.systemNames.spelled(name)
      return Found(name: known?.name ?? name, code: known?.code ?? "UNK")
    }
    var found = named(entry.name, match)
    found.version = match.version(entry.version, parts: versionParts)
    if let (variant, match) = entry.variants.first(in: restored) {
      let version = found.version
      if let name = variant.name { found = named(name, match) }
      found.version =
        variant.version.map { match.version($0, parts: versionParts) } ?? version
    }
    return found
  }

  /// The system that the hints name.
  private func hintedSystem() -> Found {
    guard !hints.platform.isEmpty else { return Found() }
    let name = rules.systemHints[hints.platform.lowercased()] ?? hints.platform
    guard let known = rules.systemNames.spelled(name) else { return Found() }
    var version = hints.platformVersion
    if known.name == "Windows" {
      let major = VersionText.major(version)
      let minor = version.split(separator: ".").dropFirst().first.map(String.init) ?? ""
      if major.isEmpty {
        version = ["1": "7", "2": "8", "3": "8.1"][minor] ?? version
      } else {
        version = VersionText.compare(String(major), "11") < 0 ? "10" : "11"
      }
    } else if version != "0.0.0", VersionText.major(version).isEmpty {
      version = ""
    }
    version = AgentMatch.trim(
      VersionText.cut(version.replacing("_", with: "."), parts: versionParts), also: ".")
    return Found(name: known.name, code: known.code, version: version)
  }

  private func merged(_ hinted: Found, _ named: Found) -> Found {
    var result = hinted
    let namedFamily = rules.systemNames.family(of: named.name)
    if result.version.isEmpty, rules.systemNames.family(of: hinted.name) == namedFamily {
      result.version = named.version
    }
    // This version may mean 7, 8 or 8.1.
    if result.name == "Windows", hints.platformVersion == "0.0.0", result.version.hasPrefix("0.0") {
      result.version = named.version == "10" ? "" : named.version
    }
    if result.name == "Puffin OS" { result.version = named.version }
    // A system of the family that the hints name is the more exact.
    if named.name != result.name, namedFamily == result.name {
      result.name = named.name
      switch named.name {
      case "LeafOS", "HarmonyOS": result.version = ""
      case "PICO OS": result.version = named.version
      case "Fire OS" where !hinted.version.isEmpty:
        result.version = Self.version(result.version, in: rules.fireVersions)
      default: break
      }
    }
    // Browsers on these report another system in hints.
    if result.name == "GNU/Linux", named.name == "Chrome OS", hinted.version == named.version {
      (result.name, result.code) = (named.name, named.code)
    }
    if result.name == "Android", named.name == "Chrome OS" {
      result = Found(name: named.name, code: named.code)
    }
    if result.name == "GNU/Linux", named.name == "Meta Horizon" {
      (result.name, result.code) = (named.name, named.code)
    }
    return result
  }

  /// The system of an app that runs on one only.
  private func systemOfApp(_ system: Found) -> Found? {
    switch hints.app {
    case "com.hisense.odinbrowser", "com.seraphic.openinet.pre",
      "com.appssppa.idesktoppcbrowser", "every.browser.inc":
      return system.name == "Android" ? nil : Found(name: "Android", code: "ADR")
    case "org.lineageos.jelly" where system.name != "Lineage OS":
      let version = Self.version(system.version, in: rules.lineageVersions)
      return Found(name: "Lineage OS", code: "LEN", version: version)
    case "org.mozilla.tv.firefox" where system.name != "Fire OS":
      let version = Self.version(system.version, in: rules.fireVersions)
      return Found(name: "Fire OS", code: "FIR", version: version)
    default: return nil
    }
  }

  /// The version of a system made of Android, by Android's; by its first part if the whole is not
  /// in the table.
  private static func version(_ version: String, in table: [String: String]) -> String {
    table[version] ?? table[String(VersionText.major(version))] ?? ""
  }

  /// What the hints or the agent tell of the processor.
  private func platform() -> String {
    let processor = hints.architecture.lowercased()
    if !processor.isEmpty {
      for (word, name) in [
        ("arm", "ARM"), ("loongarch64", "LoongArch64"), ("mips", "MIPS"), ("sh4", "SuperH"),
        ("sparc64", "SPARC64"), ("x64", "x64"),
      ] where processor.contains(word) {
        return name
      }
      if processor.contains("x86") { return hints.bitness == "64" ? "x64" : "x86" }
    }
    let fragments: [(AgentFragment, String)] = [
      (.arm, "ARM"), (.loongArch, "LoongArch64"), (.mips, "MIPS"), (.superH, "SuperH"),
      (.sparc, "SPARC64"), (.x64, "x64"), (.x86, "x86"),
    ]
    return fragments.first { restored.matches(rules.number($0.0)) }?.1 ?? ""
  }
}
