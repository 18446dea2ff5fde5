"""Portuguese: the notebook's own words."""

NAME = "Português"
DECIMAL = ","
WORDS = {
    "title": "Gradiente Descendente para Minimizar {loss}",
    "loss": "Função de erro",
    "learning_rate": "Taxa de aprendizado",
    "start": "Ponto de início",
    "held": "{names} fixos",
    "minimum": "Mínimo",
    "iteration": "Iteração",
    "gradient": "inclinação {derivative}",
    "step": "passo {step}",
    "diverged": "Diverge a partir de {k}",
    "diverged_why": "Diverge a partir de {k}, porque {why}",
    "overflow": "os números estouram depois de {k}",
    "finished": "Após {iterations} iterações: {theta}, {loss}",
    "finished_one": "Após 1 iteração: {theta}, {loss}",
    "finished_none": "No início: {theta}, {loss}",
}
