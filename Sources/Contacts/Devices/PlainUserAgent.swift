import Primitives
import UserAgents

/// Parses user agents without lists.
///
/// Only what common browsers plainly state is reported: kind of device, brand if the text names
/// one, operating system, browser. Everything else stays unknown, and programs that are not
/// browsers (robots, libraries) yield no device.
enum PlainUserAgent {
  /// The maximum number of bytes to read.
  private static let limit = 1_000

  /// Returns the device that a user agent describes; `nil` if it describes none.
  static func read(_ text: String) -> DeviceDescription? {
    let text = String(text.prefix(limit))
    let lowered = text.lowercased()
    guard !robots.contains(where: lowered.contains), let system = system(text, lowered) else {
      return nil
    }
    var result = DeviceDescription(
      clientInfo: browser(text), device: kind(text, lowered, system).rawValue,
      osName: system.name, osShortName: system.short, osVersion: system.version,
      osPlatform: platform(lowered))
    switch system.short {
    case "IOS", "IPA":
      result.brand = "Apple"
      result.model = ["iPhone", "iPad", "iPod"].first(where: text.contains)
    case "MAC": result.brand = "Apple"
    case "AND": (result.brand, result.model) = android(text)
    default: break
    }
    return result
  }

  private static let robots = [
    "bot", "crawl", "spider", "slurp", "curl/", "wget/", "python-", "okhttp", "java/", "headless",
  ]

  private struct System {
    var name: String
    var short: String
    var version: String?
  }

  private static func system(_ text: String, _ lowered: String) -> System? {
    func made(_ name: String, _ short: String, _ beginning: String) -> System {
      let version = version(in: text, after: beginning)
      return System(name: name, short: short, version: version)
    }
    if text.contains("iPad") { return made("iPadOS", "IPA", "CPU OS ") }
    if text.contains("iPhone") || text.contains("iPod") { return made("iOS", "IOS", "iPhone OS ") }
    if text.contains("Windows Phone") { return made("Windows Phone", "WPH", "Windows Phone ") }
    if text.contains("Xbox") { return made("Xbox", "XBX", "Xbox OS ") }
    if text.contains("PlayStation") { return made("PlayStation", "PS3", "PlayStation ") }
    if text.contains("Nintendo") { return made("Nintendo", "NDS", "Nintendo ") }
    if text.contains("Tizen") { return made("Tizen", "TIZ", "Tizen ") }
    if lowered.contains("web0s") || text.contains("webOS") { return made("webOS", "WOS", "webOS ") }
    if text.contains("Android") { return made("Android", "AND", "Android ") }
    if text.contains("CrOS") { return System(name: "Chrome OS", short: "COS") }
    if text.contains("Windows NT") {
      let version = version(in: text, after: "Windows NT ").map { windows[$0] ?? $0 }
      return System(name: "Windows", short: "WIN", version: version)
    }
    if text.contains("Mac OS X") { return made("Mac", "MAC", "Mac OS X ") }
    if text.contains("Ubuntu") { return System(name: "Ubuntu", short: "UBT") }
    if text.contains("Linux") { return System(name: "GNU/Linux", short: "LIN") }
    return nil
  }

  private static let windows = [
    "10.0": "10", "6.3": "8.1", "6.2": "8", "6.1": "7", "6.0": "Vista", "5.1": "XP",
  ]

  private static func kind(_ text: String, _ lowered: String, _ system: System) -> AgentDeviceKind {
    switch system.short {
    case "IPA": return .tablet
    case "IOS": return text.contains("iPod") ? .portableMediaPlayer : .smartphone
    case "WPH": return .smartphone
    case "XBX", "PS3", "NDS": return .console
    case "WOS": return .tv
    case "TIZ": return lowered.contains("tv") ? .tv : .smartphone
    case "AND":
      if lowered.contains("android tv") || lowered.contains("smart-tv")
        || lowered.contains("googletv") || text.contains("BRAVIA") || text.contains("AFT")
      {
        return .tv
      }
      return text.contains("Mobile") ? .smartphone : .tablet
    default: return lowered.contains("smart-tv") ? .tv : .desktop
    }
  }

  private static func platform(_ lowered: String) -> String? {
    if ["arm64", "aarch64"].contains(where: lowered.contains) { return "ARM" }
    if ["x86_64", "x64", "wow64", "win64", "amd64"].contains(where: lowered.contains) {
      return "x64"
    }
    return ["i686", "i386", "x86"].contains(where: lowered.contains) ? "x86" : nil
  }

  /// Returns brand and model of `Android 13; SM-G991B Build/…)`, which names the model after the
  /// version.
  private static func android(_ text: String) -> (brand: String?, model: String?) {
    guard let start = text.firstRange(of: "Android ") else { return (nil, nil) }
    let inside = text[start.upperBound...].prefix { $0 != ")" }
    let parts = inside.split(separator: ";").dropFirst().map { $0.trimmingBlanks() }
    guard var model = parts.last(where: { $0.count > 1 && $0 != "wv" && !isLocale($0) }) else {
      return (nil, nil)
    }
    if let build = model.firstRange(of: " Build/") { model = String(model[..<build.lowerBound]) }
    // Browsers that hide the model write "K".
    guard model.count > 1 else { return (nil, nil) }
    let brand = makers.first { maker in maker.beginnings.contains(where: model.hasPrefix) }?.name
    return (brand, String(model.prefix(DeviceDescription.maximumLength)))
  }

  private static func isLocale(_ text: String) -> Bool {
    let parts = text.split(separator: "-")
    return parts.count == 2 && parts.allSatisfy { $0.count == 2 && $0.allSatisfy(\.isLetter) }
  }

  private static let makers: [(name: String, beginnings: [String])] = [
    ("Samsung", ["SM-", "GT-", "SAMSUNG"]), ("Google", ["Pixel", "Nexus"]),
    ("Huawei", ["HUAWEI", "VOG-", "ELE-", "ANE-", "LYA-"]), ("Xiaomi", ["Mi ", "Redmi", "POCO"]),
    ("OnePlus", ["ONEPLUS", "OnePlus"]), ("Motorola", ["moto", "Moto", "XT"]),
    ("Sony", ["Xperia", "BRAVIA"]), ("Nokia", ["Nokia"]), ("LG", ["LM-", "LG-"]),
    ("Amazon", ["KF", "AFT"]), ("OPPO", ["CPH", "OPPO"]), ("Realme", ["RMX"]),
    ("vivo", ["vivo"]), ("HTC", ["HTC"]),
  ]

  /// The browsers, most specific word first: all of them claim to be others too.
  private static let browsers: [(word: String, name: String)] = [
    ("Edg/", "Microsoft Edge"), ("EdgA/", "Microsoft Edge"), ("EdgiOS/", "Microsoft Edge"),
    ("Edge/", "Microsoft Edge"), ("OPR/", "Opera"), ("Opera/", "Opera"),
    ("SamsungBrowser/", "Samsung Browser"), ("YaBrowser/", "Yandex Browser"),
    ("Vivaldi/", "Vivaldi"), ("FxiOS/", "Firefox"), ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("MSIE ", "Internet Explorer"),
    ("Trident/", "Internet Explorer"), ("Version/", "Safari"),
  ]

  private static func browser(_ text: String) -> JSONValue? {
    for browser in browsers {
      guard let version = version(in: text, after: browser.word) else { continue }
      if browser.name == "Safari", !text.contains("Safari/") { continue }
      return .object([
        "type": .string("browser"), "name": .string(browser.name), "version": .string(version),
      ])
    }
    return nil
  }

  /// Returns the digits, points and underscores after a word; underscores become points.
  private static func version(in text: String, after word: String) -> String? {
    guard let range = text.firstRange(of: word) else { return nil }
    let digits = text[range.upperBound...].prefix {
      ("0"..."9").contains($0) || $0 == "." || $0 == "_"
    }
    return digits.isEmpty ? nil : String(digits.prefix(20)).replacing("_", with: ".")
  }
}
