import Foundation

extension Hit {
  /// The maximum number of bytes of an address; the rest is cut off.
  private static let urlLength = 8 * 1024

  /// A hit with what its request says, before it is known whose it is. The script gives each hit an id (`hit_id`), so
  /// that a second try counts once.
  init(_ request: VisitRequest) {
    let parameters = request.parameters
    func value(_ name: String, upTo limit: Int) -> String {
      parameters[name].map { line($0, upTo: limit) } ?? ""
    }
    self.init(id: parameters["hit_id"].flatMap(UUID.init(uuidString:)) ?? UUID(), at: request.at)
    url = value("page_url", upTo: Self.urlLength)
    title = value("page_title", upTo: 500)
    referrer = value("page_referrer", upTo: Self.urlLength)
    language = value("page_language", upTo: 50)
    browserLanguages = request.languages
    agent = request.agent
    timezone = Self.zone(parameters)
    locale = value("preferred_locale", upTo: 50)
    previous = request.cookies["mautic_referer_id"].flatMap(UUID.init(uuidString:))
    // Who holds a clickthrough acts as its contact, so it is not kept.
    query = JSONLine.object(
      parameters.filter { !Self.unkept.contains($0.key) }.sorted { $0.key < $1.key }
        .map { ($0.key, $0.value) })
  }

  private static let unkept: Set<String> = ["d", "ct", "hit_id", "again"]

  /// The name of the browser's zone, or its offset: minutes west of Greenwich, as JavaScript tells it.
  private static func zone(_ parameters: [String: String]) -> String {
    if let name = parameters["timezone"], !name.isEmpty { return line(name, upTo: 100) }
    guard let minutes = parameters["timezone_offset"].flatMap({ Int($0) }),
      (-14 * 60...14 * 60).contains(minutes), minutes % 60 == 0
    else { return "" }
    // The zones of whole hours, whose names count the other way.
    let hours = minutes / 60
    return hours == 0 ? "UTC" : "Etc/GMT\(hours > 0 ? "+" : "")\(hours)"
  }
}
