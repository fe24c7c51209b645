import ArgumentParser
import Runtime

/// The options of commands that can use an API elsewhere instead of the database.
struct RemoteOptions: ParsableArguments {
  @Option(help: "Use the API at this address instead of the database; also MARTLET_API_URL.")
  var url: String?

  @Option(help: "The login there; also MARTLET_API_USER.")
  var user: String?

  @Option(help: "Its password; better MARTLET_API_PASSWORD, which other users cannot see.")
  var password: String?

  /// The address and the login of an API, from the options or the environment; nil to use the database.
  func api() throws -> (url: String, user: String?, password: String?)? {
    let given = try ProcessConfiguration.load(.tool).api
    guard let url = url ?? given.url else { return nil }
    return (url, user ?? given.user, password ?? given.password)
  }
}
