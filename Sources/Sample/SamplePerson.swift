/// A visitor of the example's website: who it is, once it says so, and what its browser looks like.
package struct SamplePerson: Sendable, Equatable {
  /// Its place in the sequence of people, from 0.
  package let number: Int
  package let firstName: String
  package let lastName: String
  package let email: String
  package let company: String
  package let country: String
  /// What its browser calls itself.
  package let agent: String
  /// Its address, of a network that has no hosts on the internet.
  package let address: String
  /// The id that its browser proposes for itself: 23 letters.
  package let device: String

  /// The person with a number, always the same for the same seed.
  package init(_ number: Int, seed: UInt64) {
    var random = SeededRandom(seed: seed &+ UInt64(number) &* 7919)
    self.number = number
    firstName = random.pick(Vocabulary.firstNames)
    lastName = random.pick(Vocabulary.lastNames)
    let name = "\(firstName).\(lastName)".lowercased().filter {
      $0.isASCII && ($0.isLetter || $0 == ".")
    }
    email = (name.count > 4 ? name : "reader") + "\(number)@\(random.pick(Self.domains))"
    company = random.chance(40) ? random.pick(Vocabulary.companies) : ""
    country = random.pick(Vocabulary.places).country
    agent = random.pick(Self.agents)
    address = "30.\(random.below(200)).\(random.below(250)).\(1 + random.below(250))"
    device = String((0..<23).map { _ in random.pick(Self.letters) })
  }

  /// What the browser of a known contact calls itself.
  package static func agent(of contact: Int) -> String { agents[contact % agents.count] }

  /// The address of a known contact.
  package static func address(of contact: Int) -> String {
    "30.210.\(contact / 250 % 250).\(1 + contact % 250)"
  }

  private static let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
  private static let domains = ["example.com", "example.org", "example.net", "mail.example.com"]
  private static let agents = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
    "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Mobile Safari/537.36",
  ]
}
