/// The words that sample contacts are made of: names of many scripts, companies with quotes,
/// commas and semicolons, places with their region, code and country.
enum Vocabulary {
  static let firstNames = [
    "Ada", "Grace", "Alan", "Linus", "Edsger", "Barbara", "Ken", "Dennis", "Donald", "Niklaus",
    "Margaret", "Katherine", "Tim", "Radia", "Vint", "Hedy", "Jean", "Frances", "Mary", "José",
    "Zoë", "Søren", "Łukasz", "Jürgen", "François", "Dvořák", "美咲", "健太", "Иван", "Ольга", "小明",
    "Ahmed", "Fatima", "Nguyễn", "Ravi", "Priya", "Kwame", "Amara", "Björk",
  ]
  static let lastNames = [
    "Lovelace", "Hopper", "Turing", "Dijkstra", "Liskov", "Thompson", "Ritchie", "Knuth", "Wirth",
    "Hamilton", "Johnson", "Berners-Lee", "Perlman", "Cerf", "Lamarr", "Bartik", "Allen",
    "Jackson", "García", "Müller", "O'Brien", "D'Angelo", "Smith-Jones", "Nowak", "Žižek", "佐藤",
    "鈴木", "Петров", "Смирнова", "王", "Al-Sayed", "Tran", "Patel", "Sharma", "Mensah", "Okafor",
    "Guðmundsdóttir",
  ]
  static let companies = [
    "Analytical Engines", "Benton, John B Jr", "Chemel \"Jim\" & Sons", "Café Olé", "Størm A/S",
    "Umbrella Corp.", "Feltz Printing Service", "Acme; Tools", "株式会社 燕", "O'Neil & Partners",
  ]
  static let positions = ["CTO", "Head of Growth", "Engineer", "Owner", ""]
  static let places = [
    Place("Berlin", "Berlin", "10115", "Germany"),
    Place("Munich", "Bavaria", "80331", "Germany"),
    Place("Paris", "Île-de-France", "75001", "France"),
    Place("New York", "New York", "10001", "United States"),
    Place("New Orleans", "Louisiana", "70116", "United States"),
    Place("San José", "California", "95113", "United States"),
    Place("Tokyo", "Tokyo", "100-0001", "Japan"),
    Place("São Paulo", "São Paulo", "01310-100", "Brazil"),
    Place("Mumbai", "Maharashtra", "400001", "India"),
    Place("Warszawa", "Mazovia", "00-001", "Poland"),
    Place("Lagos", "Lagos", "100001", "Nigeria"),
    Place("London", "", "EC1A 1BB", "United Kingdom"),
  ]
  static let plans = ["free", "starter", "pro", "enterprise", ""]
  static let interests = ["swift", "databases", "gardening", "cycling", "opera", "chess"]
  static let tags = ["customer", "lead", "newsletter", "vip", "trial", "churned", "event-2026"]
  static let domains = [
    "example.com", "example.org", "example.net", "mail.example.com", "firma.example",
    "corp.example",
  ]

  struct Place {
    let city: String
    let state: String
    let zip: String
    let country: String

    init(_ city: String, _ state: String, _ zip: String, _ country: String) {
      self.city = city
      self.state = state
      self.zip = zip
      self.country = country
    }
  }
}
