import Processes

await MartletProcess.main(.scheduler)
