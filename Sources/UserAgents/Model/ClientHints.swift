import Primitives

/// The headers by which browsers tell what their user agent no longer does (`Sec-CH-UA…`), and the
/// app that shows a page (`X-Requested-With`).
package struct ClientHints: Sendable, Hashable, Codable {
  /// A brand of the list in `Sec-CH-UA`.
  package struct Brand: Sendable, Hashable, Codable {
    package var name: String
    package var version: String
  }

  package var architecture = ""
  package var bitness = ""
  package var model = ""
  package var platform = ""
  package var platformVersion = ""
  package var fullVersion = ""
  package var brands: [Brand] = []
  /// The app's identifier, such as `com.example.app`.
  package var app = ""
  /// Such as `tablet`, in lower case.
  package var formFactors: [String] = []

  /// Creates hints that say nothing.
  package init() {}

  /// Whether no header said anything.
  package var isEmpty: Bool {
    model.isEmpty && platform.isEmpty && platformVersion.isEmpty && fullVersion.isEmpty
      && brands.isEmpty && app.isEmpty && formFactors.isEmpty && architecture.isEmpty
      && bitness.isEmpty
  }

  /// Most agents come without hints, and are looked up at each request.
  package func hash(into hasher: inout Hasher) {
    guard !isEmpty else { return }
    hasher.combine([architecture, bitness, model, platform, platformVersion, fullVersion, app])
    hasher.combine(brands)
    hasher.combine(formFactors)
  }

  /// The names of the headers that are read, in lower case.
  package static let headers = [
    "sec-ch-ua", "sec-ch-ua-arch", "sec-ch-ua-bitness", "sec-ch-ua-form-factors",
    "sec-ch-ua-full-version", "sec-ch-ua-full-version-list", "sec-ch-ua-model",
    "sec-ch-ua-platform", "sec-ch-ua-platform-version", "x-requested-with",
  ]

  /// The maximum number of bytes of a header that is read; longer ones say nothing.
  package static let maximumLength = 1_024
  /// The maximum number of brands, and of form factors.
  private static let maximumCount = 16

  /// Reads the headers of a request.
  ///
  /// - Parameter header: Returns a header's value by its name in lower case.
  package init(headers header: (String) -> String?) {
    /// The header without quotation marks around it; empty if it is missing, too long or markup.
    func value(_ name: String) -> String {
      guard let text = header(name), text.utf8.count <= Self.maximumLength,
        !text.utf8.contains(UInt8(ascii: "<")), !text.utf8.contains(0)
      else { return "" }
      return text
    }
    func plain(_ name: String) -> String { Self.unquoted(value(name)) }
    architecture = plain("sec-ch-ua-arch")
    bitness = plain("sec-ch-ua-bitness")
    model = plain("sec-ch-ua-model")
    platform = plain("sec-ch-ua-platform")
    platformVersion = plain("sec-ch-ua-platform-version")
    fullVersion = plain("sec-ch-ua-full-version")
    brands = Self.brands(value("sec-ch-ua-full-version-list"))
    if brands.isEmpty { brands = Self.brands(value("sec-ch-ua")) }
    app = value("x-requested-with")
    if app.lowercased() == "xmlhttprequest" { app = "" }
    formFactors = Self.quoted(value("sec-ch-ua-form-factors").lowercased())
  }

  private static func unquoted(_ text: String) -> String {
    let mark: (Character) -> Bool = { $0 == "\"" }
    return String(text.drop(while: mark).reversed().drop(while: mark).reversed())
  }

  /// The texts in quotation marks.
  private static func quoted(_ text: String) -> [String] {
    let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
    return parts.enumerated().filter { $0.offset % 2 == 1 && !$0.element.isEmpty }
      .prefix(maximumCount).map { String($0.element) }
  }

  /// Reads `"Chromium";v="106", "Brave";v="106"` up to the first item of another form.
  private static func brands(_ text: String) -> [Brand] {
    var found: [Brand] = []
    var rest = Substring(text)
    /// Takes a text in quotation marks away.
    func quoted() -> String? {
      guard rest.first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") else { return nil }
      defer { rest = rest[rest.index(after: end)...] }
      let inside = rest.dropFirst()[..<end]
      return inside.isEmpty ? nil : String(inside)
    }
    /// Takes a text away if it is next.
    func take(_ next: String) -> Bool {
      guard rest.hasPrefix(next) else { return false }
      rest = rest.dropFirst(next.count)
      return true
    }
    while found.count < maximumCount, let name = quoted(), take(";") {
      _ = take(" ")
      guard take("v="), let version = quoted() else { break }
      found.append(Brand(name: name, version: version))
      _ = take(", ")
    }
    return found
  }
}
