import Foundation
import Primitives

/// The scripts that pages include (tracking.md 2), with the address of this installation in them.
package struct TrackingScript: Sendable {
  /// The whole script.
  package let full: [UInt8]
  /// The script for pages that want page views and nothing else.
  package let lite: [UInt8]
  /// The script of videos with a form, which the whole one loads where a page has any.
  package let video: [UInt8]

  /// Creates the scripts.
  ///
  /// - Parameters:
  ///   - site: The address of this installation, without a slash at its end.
  ///   - services: The services of others that the whole script loads.
  package init(site: String, services: PageServices = PageServices()) {
    var sections: Set<String> = []
    if services.analytics.isOn { sections.formUnion(["services", "google"]) }
    if services.pixel.isOn { sections.formUnion(["services", "facebook"]) }
    let script = Self.trimmed(PackageResources.mtc_js, with: sections)
      .replacing("{google}", with: Self.switches(services.analytics))
      .replacing("{google-id}", with: Self.escaped(services.analytics.id))
      .replacing("{google-short}", with: services.anonymizesAddresses ? "!0" : "!1")
      .replacing("{facebook}", with: Self.switches(services.pixel))
      .replacing("{facebook-id}", with: Self.escaped(services.pixel.id))
    full = Self.filled(script, site)
    lite = Self.filled(Self.trimmed(PackageResources.mtc_lite_js, with: []), site)
    video = Array(Self.trimmed(PackageResources.mtc_video_js, with: []).utf8)
  }

  /// The lines of a script without what only its readers need, and without the sections that are not wanted: those begin
  /// with a line `// {if name}` and end with `// {end}`.
  private static func trimmed(_ script: [UInt8], with sections: Set<String>) -> String {
    var lines: [Substring] = []
    var isWanted = true
    let text = String(decoding: script, as: UTF8.self)
    for line in text.split(separator: "\n") {
      let line = line.drop { $0 == " " }
      if line.hasPrefix("// {if ") {
        isWanted = sections.contains(String(line.dropFirst(7).dropLast()))
      } else if line == "// {end}" {
        isWanted = true
      } else if isWanted, !line.isEmpty, !line.hasPrefix("//") {
        lines.append(line)
      }
    }
    return tight(lines.joined(separator: "\n") + "\n")
  }

  /// A script without the blanks beside marks. Its texts stand between single quotes and hold none; blanks beside signs
  /// stay, as two of them would be another one.
  private static func tight(_ script: String) -> String {
    let marks = Set("=?:,;&|(){}[]<>*".utf8)
    var bytes: [UInt8] = []
    var isText = false
    let all = Array(script.utf8)
    for (place, byte) in all.enumerated() {
      if byte == UInt8(ascii: "'") { isText.toggle() }
      let isNeeded = place + 1 < all.count && !marks.contains(all[place + 1])
      if byte == UInt8(ascii: " "), !isText,
        !isNeeded || bytes.last.map(marks.contains) ?? true
      {
        continue
      }
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func switches(_ service: PageServices.Service) -> String {
    "\(service.onTrackedPages ? 1 : 0),\(service.onLandingPages ? 1 : 0)"
  }

  /// An id without what is no letter, digit or hyphen and might end a text of the script.
  private static func escaped(_ id: String) -> String {
    id.filter { $0 == "-" || $0.isASCII && ($0.isLetter || $0.isNumber) }
  }

  private static func filled(_ script: String, _ site: String) -> [UInt8] {
    let address = URLComponents(string: site)
    let scheme = address?.scheme == "https" ? "https" : "http"
    // What is more than an address would end the text in the script.
    let host = (site.split(separator: "://", maxSplits: 1).last ?? "").utf8
      .filter { PercentCoding.unreserved.contains($0) || [0x2F, 0x3A, 0x5B, 0x5D].contains($0) }
    return Array(
      script.replacing("{scheme}", with: scheme)
        .replacing("{host}", with: String(decoding: host, as: UTF8.self)).utf8)
  }
}
