import Contacts
import Foundation
import Postgres

extension NewUTMTag {
  /// The campaign parameters of a hit; nil if none of its parameters is one.
  ///
  /// - Throws: `DecodingError`, if its query is no object of texts.
  init?(_ hit: Hit) throws {
    let parameters = try JSON(text: hit.query).decode([String: String].self)
    guard parameters.contains(where: { $0.key.contains("utm_") && !$0.value.isEmpty }) else {
      return nil
    }
    self.init()
    func value(_ name: String, upTo limit: Int = 255) -> String? {
      parameters[name].flatMap { $0.isEmpty ? nil : String($0.prefix(limit)) }
    }
    campaign = value("utm_campaign")
    content = value("utm_content")
    medium = value("utm_medium")
    source = value("utm_source")
    term = value("utm_term")
    url = hit.url.isEmpty ? nil : hit.url
    referer = hit.referrer.isEmpty ? nil : hit.referrer
    userAgent = hit.agent.isEmpty ? nil : hit.agent
    remoteHost = hit.address.isEmpty ? nil : hit.address
    query = JSON(text: hit.query)
  }
}
