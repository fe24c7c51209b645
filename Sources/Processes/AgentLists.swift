import Contacts
import Foundation
import Logging
import Runtime
import UserAgents

/// The lists by which a process reads user agents.
enum AgentLists {
  /// Reads the file in the folder of `MARTLET_DATA`, if there is one. Tools and the scheduler see no agents.
  ///
  /// - Throws: `ConfigurationError` for a file that is no such data.
  static func reader(
    _ configuration: ProcessConfiguration, logger: Logger
  ) throws(ConfigurationError) -> AgentReader {
    switch configuration.role {
    case .api, .worker, .dev: break
    case .scheduler, .tool: return AgentReader()
    }
    guard let folder = configuration.dataFolder else { return AgentReader() }
    let path = "\(folder)/\(AgentDataFile.name)"
    guard FileManager.default.fileExists(atPath: path) else {
      logger.warning("there is no \(path): user agents are read without lists")
      return AgentReader()
    }
    do throws(AgentDataError) {
      let parser = UserAgentParser(try AgentDataFile.read(path))
      logger.info("user agents are read by the lists of \(parser.source)")
      return AgentReader(lists: parser)
    } catch {
      throw ConfigurationError([ConfigurationProblem("MARTLET_DATA", error.description)])
    }
  }
}
