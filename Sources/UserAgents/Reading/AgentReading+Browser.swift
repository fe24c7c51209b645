/// The browser: what the hints say goes before what the agent says, unless the agent is known to be
/// the more exact.
extension AgentReading {
  private struct Found {
    var name = ""
    var code = ""
    var version = ""
    var engine = ""
    var engineVersion = ""
  }

  func browser() -> AgentDescription.Client? {
    let named = namedBrowser()
    let hinted = hintedBrowser()
    var browser = named
    if !hinted.name.isEmpty, !hinted.version.isEmpty { browser = merged(hinted, named) }
    var family = rules.browserNames.family(ofCode: browser.code)
    if let app = rules.browserApps[hints.app], app != browser.name {
      let known = rules.browserNames.spelled(app)
      (browser.name, browser.code, browser.version) = (app, known?.code ?? "", "")
      if holds(.chromeOnSafari) {
        browser.engine = "Blink"
        browser.engineVersion = engineVersion("Blink")
        family = rules.browserNames.family(ofCode: browser.code) ?? "Chrome"
      }
    }
    guard !browser.name.isEmpty, !holds(.scriptedBrowser) else { return nil }
    switch (browser.name, browser.engine) {
    case ("Flow Browser", "Blink"): browser.engineVersion = ""
    case ("Every Browser", _), ("TV-Browser Internet", "Gecko"):
      (browser.engine, browser.engineVersion, family) = ("Blink", "", "Chrome")
    case ("Yaani Browser", "Blink"), ("Wolvic", "Blink"): family = "Chrome"
    case ("Yaani Browser", "Gecko"), ("Wolvic", "Gecko"): family = "Firefox"
    default: break
    }
    return AgentDescription.Client(
      type: "browser", name: browser.name, version: browser.version,
      browser: AgentDescription.Browser(
        code: browser.code, engine: browser.engine, engineVersion: browser.engineVersion,
        family: family))
  }

  /// The browser that the agent names.
  private func namedBrowser() -> Found {
    guard let (entry, match) = rules.browsers.first(in: text),
      let known = rules.browserNames.spelled(match.fill(entry.name))
    else { return Found() }
    let version = match.version(entry.version ?? "", parts: versionParts)
    var engine = entry.engine ?? ""
    for pair in entry.engines ?? [] where VersionText.compare(version, pair[0]) >= 0 {
      engine = pair[1]
    }
    if engine.isEmpty, let (found, match) = rules.engines.first(in: text) {
      engine = match.fill(found.name)
    }
    return Found(
      name: match.fill(entry.name), code: known.code, version: version, engine: engine,
      engineVersion: engineVersion(engine))
  }

  /// The browser that the hints name.
  private func hintedBrowser() -> Found {
    var found = Found()
    let engine = ["Android WebView", "Chromium"].lazy.compactMap { name in
      hints.brands.first { $0.name == name }
    }.first
    if let engine { (found.engine, found.engineVersion) = ("Blink", engine.version) }
    for brand in hints.brands {
      if let known = knownBrowser(brand.name), found.name != "Chrome" || known.name != "Chromium" {
        (found.name, found.code, found.version) = (known.name, known.code, brand.version)
      }
      // One that is not what most browsers are made of is the one that is meant.
      if !["", "Chrome", "Chromium", "Microsoft Edge"].contains(found.name) { break }
    }
    let version = hints.fullVersion.isEmpty ? found.version : hints.fullVersion
    found.version = AgentMatch.trim(
      VersionText.cut(version.replacing("_", with: "."), parts: versionParts), also: ".")
    return found
  }

  /// The first of the list that a brand can mean: its own name, or one with or without "Browser".
  private func knownBrowser(_ brand: String) -> CodedNames.Entry? {
    let name = rules.browserHints[brand.lowercased()] ?? brand
    let spelling = CodedNames.spelling(name)
    let without = spelling.hasSuffix("browser") ? String(spelling.dropLast(7)) : ""
    return [spelling, spelling + "browser", without].filter { !$0.isEmpty }
      .compactMap { rules.browserNames.spelled($0) }.min { $0.place < $1.place }
  }

  private func merged(_ hinted: Found, _ named: Found) -> Found {
    var result = hinted
    func takeEngine() {
      (result.engine, result.engineVersion) = (named.engine, named.engineVersion)
    }
    // Its versions are years.
    if ["2020", "2021", "2022", "2023", "2024"].contains(where: result.version.hasPrefix) {
      (result.name, result.code) = ("Iridium", "I1")
    }
    if result.version.hasPrefix("15"), named.version.hasPrefix("114") {
      (result.name, result.code) = ("360 Secure Browser", "3B")
      takeEngine()
    }
    if !named.version.isEmpty,
      ["A0", "AL", "HP", "JR", "MU", "OM", "OP", "VR"].contains(result.code)
    {
      result.version = named.version
    }
    if result.name == "Vewd Browser" { takeEngine() }
    let isBlink = { result.engine == "Blink" && result.name != "Iridium" }
    if isBlink(), named.engine == "Blink",
      VersionText.compare(named.engineVersion, result.engineVersion) > 0
    {
      result.engineVersion = named.engineVersion
    }
    if ["Chromium", "Chrome Webview"].contains(result.name), !named.name.isEmpty,
      !["CR", "CV", "AN", "CM"].contains(named.code)
    {
      (result.name, result.code) = (named.name, named.code)
      if VersionText.major(named.version) != VersionText.major(result.version)
        || VersionText.compare(result.version, named.version) <= 0
      {
        result.version = named.version
      }
    }
    if "\(result.name) Mobile" == named.name {
      (result.name, result.code) = (named.name, named.code)
    }
    let names = rules.browserNames
    if result.name == named.name || names.family(of: result.name) == names.family(of: named.name) {
      takeEngine()
    }
    // A more exact version of the agent's.
    if !named.version.isEmpty, named.version.hasPrefix(result.version),
      VersionText.compare(result.version, named.version) < 0
    {
      result.version = named.version
    }
    if result.name == "DuckDuckGo Privacy Browser" { result.version = "" }
    if isBlink(), VersionText.compare(result.engineVersion, hinted.version) < 0 {
      result.engineVersion = hinted.version
    }
    if isBlink(), VersionText.compare(named.engineVersion, hinted.engineVersion) < 0 {
      result.engineVersion = hinted.engineVersion
    }
    return result
  }

  private func engineVersion(_ engine: String) -> String {
    if engine == "Gecko" || engine == "Clecko",
      let match = text.match(rules.number(.geckoVersion))
    {
      return match[1]
    }
    return rules.engineVersions[engine].flatMap(text.match).map { $0[1] } ?? ""
  }
}
