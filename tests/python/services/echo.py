import lymph


class Echo(lymph.Interface):
    @lymph.rpc()
    def upper(self, text):
        """Returns the text in upper case."""
        return text.upper()

    @lymph.rpc()
    def echo(self, text):
        """Returns the text."""
        return text


class Echo2(Echo):
    @lymph.rpc()
    def upper(self, text):
        """Returns the text in upper case, louder."""
        return text.upper() + '!'
