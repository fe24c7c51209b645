/// What a database of places tells of an address. Texts are empty where it does not tell.
package struct Place: Sendable, Equatable {
  /// The names in English.
  package var city = ""
  package var region = ""
  package var country = ""
  package var zipcode = ""
  /// In degrees, as decimal numbers.
  package var latitude = ""
  package var longitude = ""
  /// The provider, and the organization that uses the address.
  package var isp = ""
  package var organization = ""
  /// Such as `Europe/Vienna`.
  package var timezone = ""

  /// Creates a place of which nothing is known.
  package init() {}

  /// What is known, by the names on the wire (api.md, `ipDetails`).
  package var details: [String: String] {
    [
      "city": city, "region": region, "country": country, "zipcode": zipcode,
      "latitude": latitude, "longitude": longitude, "isp": isp, "organization": organization,
      "timezone": timezone,
    ].filter { !$0.value.isEmpty }
  }
}

extension Place {
  /// The maximum number of characters of a text that is kept.
  private static let maximumLength = 191

  /// Reads a record in the form of MaxMind's databases of cities, countries, providers or all of them.
  init(_ record: PlaceValue) {
    city = Self.text(record["city"]["names"]["en"])
    region = Self.text(record["subdivisions"][0]["names"]["en"])
    country = Self.text(record["country"]["names"]["en"])
    zipcode = Self.text(record["postal"]["code"])
    latitude = Self.degrees(record["location"]["latitude"], upTo: 90)
    longitude = Self.degrees(record["location"]["longitude"], upTo: 180)
    timezone = Self.text(record["location"]["time_zone"])
    isp = Self.first(record["traits"]["isp"], record["isp"])
    organization = Self.first(
      record["traits"]["organization"], record["organization"],
      record["autonomous_system_organization"])
  }

  private static func first(_ values: PlaceValue...) -> String {
    values.lazy.map(text).first { !$0.isEmpty } ?? ""
  }

  /// A text as it can be stored: one line, not too long.
  private static func text(_ value: PlaceValue) -> String {
    guard case .text(let text) = value else { return "" }
    let scalars = text.unicodeScalars.lazy.filter { $0.value >= 0x20 }.prefix(maximumLength)
    return String(String.UnicodeScalarView(scalars))
  }

  private static func degrees(_ value: PlaceValue, upTo limit: Double) -> String {
    guard case .number(let number) = value, abs(number) <= limit else { return "" }
    return "\(number)"
  }
}
